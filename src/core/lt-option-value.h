/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-options.h"

G_BEGIN_DECLS

/**
 * LtOptionValue:
 *
 * The value of one row of a validator table.
 */
typedef struct
{
  guint64 number; /* boolean, unsigned, size, duration */
  char *string;   /* (owned) (nullable): string, choice */
  GStrv strings;  /* (owned) (nullable): string list */
  gboolean is_set;
} LtOptionValue;

void lt_option_value_clear (LtOptionValue *value);
gboolean lt_option_value_set_text (const LtOptionSpec *spec, LtOptionValue *value,
                                   const char *text);
gboolean lt_option_value_set_variant (const LtOptionSpec *spec, LtOptionValue *value,
                                      GVariant *variant);
gboolean lt_option_takes_text (const LtOptionSpec *spec);
gboolean lt_option_fail_text (const LtOptionSpec *spec, GError **error);
gboolean lt_option_fail (const LtOptionSpec *spec, const char *given, GError **error);
char *lt_option_describe (const LtOptionSpec *spec);
char *lt_option_format_number (LtOptionType type, guint64 number);

G_END_DECLS
