/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A longer query string, or one with more parts, is refused. */
#define LT_QUERY_MAX_BYTES      65536
#define LT_QUERY_MAX_PARAMETERS 512

/**
 * LtOperator:
 *
 * How a term of a filter compares.
 */
typedef enum
{
  LT_OPERATOR_NONE = 0,      /* a parameter with no `=` at all */
  LT_OPERATOR_CONTAINS,      /* `=`  or `key:` */
  LT_OPERATOR_EQUAL,         /* `==` or `key:=` */
  LT_OPERATOR_REGEX,         /* `~=` or `key:~` */
  LT_OPERATOR_LESS,          /* `<` */
  LT_OPERATOR_LESS_EQUAL,    /* `<=` */
  LT_OPERATOR_GREATER,       /* `>` */
  LT_OPERATOR_GREATER_EQUAL, /* `>=` */
  LT_OPERATOR_PRESENT,       /* `=*` or `key:*`: only in filters, never in a query */
} LtOperator;

/**
 * LtParameter:
 *
 * One part of a query string, decoded. `domain!==a` has the operator
 * %LT_OPERATOR_EQUAL and is negated.
 */
typedef struct
{
  char *name;  /* (owned): decoded */
  char *value; /* (owned): decoded, valid UTF-8, no NUL */
  LtOperator op;
  gboolean negated;
  gsize position;       /* where the part begins in the raw query, in bytes */
  gsize value_position; /* where its value begins in the raw query, in bytes */
} LtParameter;

/**
 * LtQuery:
 *
 * A raw query string, read as the filter language has it: split at `&`, each part
 * decoded once, repeats and operators kept.
 */
typedef struct _LtQuery LtQuery;

LtQuery *lt_query_parse (const char *raw, GError **error);
void lt_query_free (LtQuery *self);
guint lt_query_get_length (const LtQuery *self);
const LtParameter *lt_query_get_parameter (const LtQuery *self, guint index);
gsize lt_query_locate (const LtQuery *self, const LtParameter *parameter, gsize offset);
gboolean lt_query_name_is_reserved (const char *name);
gboolean lt_query_lookup (const LtQuery *self, const char *name, const char **value,
                          GError **error);
gboolean lt_query_check_names (const LtQuery *self, const char *const *allowed, GError **error);

const char *lt_operator_read (const char *text, LtOperator *op, gboolean *negated);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtQuery, lt_query_free)

G_END_DECLS
