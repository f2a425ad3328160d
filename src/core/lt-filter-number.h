/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-value.h"

#include <glib.h>

G_BEGIN_DECLS

/* Bytes lt_value_format_scalar() writes at most, with the NUL. */
#define LT_SCALAR_TEXT_SIZE 40

/**
 * LtNumber:
 *
 * A number as exactly as it was written: comparing two never goes through a double unless
 * both are.
 */
typedef struct
{
  LtValueKind kind; /* LT_VALUE_INTEGER, LT_VALUE_UNSIGNED or LT_VALUE_NUMBER */
  union
  {
    gint64 integer;
    guint64 uinteger; /* above G_MAXINT64 */
    double number;    /* finite */
  };
} LtNumber;

gboolean lt_number_parse (const char *text, LtNumber *number);
gboolean lt_number_from_value (const LtValue *value, LtNumber *number);
int lt_number_compare (const LtNumber *a, const LtNumber *b);
char *lt_number_to_string (const LtNumber *number);

gsize lt_value_format_scalar (const LtValue *value, char buffer[LT_SCALAR_TEXT_SIZE]);

G_END_DECLS
