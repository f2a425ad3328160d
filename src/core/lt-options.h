/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-error.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtOptionType:
 *
 * What an option holds. Every type has a form as text (configuration, query parameters), as
 * GVariant (`a{sv}`) and so as JSON.
 */
typedef enum
{
  LT_OPTION_BOOLEAN,     /* true or false; b */
  LT_OPTION_UNSIGNED,    /* a count; t, also y n q i u x where not negative */
  LT_OPTION_SIZE,        /* bytes, with KB KiB MB MiB GB GiB; t as above, or s */
  LT_OPTION_DURATION_MS, /* milliseconds, with ms s m h d; t as above, or s */
  LT_OPTION_STRING,      /* UTF-8; s */
  LT_OPTION_STRING_LIST, /* UTF-8, in text separated by `;`; as */
  LT_OPTION_CHOICE,      /* one of @choices; s */
} LtOptionType;

/**
 * LtOptionSpec:
 *
 * One row of a validator table.
 */
typedef struct
{
  const char *name; /* such as `http.listen` or `seconds` */
  LtOptionType type;
  gboolean required;
  guint64 minimum;      /* unsigned, size, duration */
  guint64 maximum;      /* unsigned, size, duration; for a string its most bytes (0: 4096) */
  const char *fallback; /* (nullable): the default, as text */
  const char *choices;  /* (nullable): words separated by `|` */
} LtOptionSpec;

/**
 * LtOptions:
 *
 * Values that passed a validator table.
 */
typedef struct _LtOptions LtOptions;

LtOptions *lt_options_new (const LtOptionSpec *specs, guint n_specs);
void lt_options_free (LtOptions *self);
gboolean lt_options_set_text (LtOptions *self, const char *name, const char *text, GError **error);
gboolean lt_options_set_variant (LtOptions *self, const char *name, GVariant *value,
                                 GError **error);
gboolean lt_options_set_dict (LtOptions *self, GVariant *dict, GError **error);
gboolean lt_options_check_required (LtOptions *self, GError **error);

gboolean lt_options_is_set (const LtOptions *self, const char *name);
gboolean lt_options_get_boolean (const LtOptions *self, const char *name);
guint64 lt_options_get_unsigned (const LtOptions *self, const char *name);
const char *lt_options_get_string (const LtOptions *self, const char *name);
const char *const *lt_options_get_strings (const LtOptions *self, const char *name);
char *lt_options_dup_text (const LtOptions *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtOptions, lt_options_free)

G_END_DECLS
