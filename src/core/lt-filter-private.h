/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-filter-term.h"
#include "lt-filter.h"

G_BEGIN_DECLS

/**
 * LtClause:
 *
 * Terms of which one must match. A filter matches if all its clauses do.
 */
typedef struct
{
  LtTerm **terms; /* (unowned): part of the filter's terms, the cheapest first */
  guint n_terms;
} LtClause;

struct _LtFilter
{
  GObject parent_instance;

  char *text;        /* (owned): canonical */
  GPtrArray *terms;  /* (owned) (element-type LtTerm): clause by clause */
  GArray *clauses;   /* (owned) (element-type LtClause): the cheapest first */
  guint64 exhausted; /* matches given up so far */
};

static inline guint
lt_filter_get_n_clauses (LtFilter *self)
{
  return self->clauses->len;
}

static inline const LtClause *
lt_filter_get_clause (LtFilter *self, guint index)
{
  return &g_array_index (self->clauses, LtClause, index);
}

G_END_DECLS
