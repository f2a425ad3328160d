/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-filter-private.h"

#include "lt-error.h"
#include "lt-filter-parser.h"

#include <string.h>

/* What a term costs, whatever the event. */
#define TERM_WORK 3

G_DEFINE_FINAL_TYPE (LtFilter, lt_filter, G_TYPE_OBJECT)

static void
lt_filter_finalize (GObject *object)
{
  LtFilter *self = LT_FILTER (object);

  g_free (self->text);
  g_clear_pointer (&self->terms, g_ptr_array_unref);
  g_clear_pointer (&self->clauses, g_array_unref);

  G_OBJECT_CLASS (lt_filter_parent_class)->finalize (object);
}

static void
lt_filter_class_init (LtFilterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_filter_finalize;
}

static void
lt_filter_init (LtFilter *self)
{
  self->terms = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_term_free);
  self->clauses = g_array_new (FALSE, FALSE, sizeof (LtClause));
}

static const LtTerm *
term_at (const LtFilter *self, guint index)
{
  return g_ptr_array_index (self->terms, index);
}

/* Whether another term makes this one needless: the same, or that the key is present. */
static gboolean
is_covered (const LtFilter *self, guint index)
{
  const LtTerm *term = term_at (self, index);

  for (guint i = 0; i < self->terms->len; i++)
    {
      const LtTerm *other = term_at (self, i);

      if (i < index && strcmp (other->canonical, term->canonical) == 0)
        return TRUE;
      if (i != index && other->op == LT_OPERATOR_PRESENT && term->op != LT_OPERATOR_PRESENT
          && lt_term_shares_clause (other, term))
        return TRUE;
    }

  return FALSE;
}

static void
remove_covered (LtFilter *self)
{
  /* From the end, so that of equal terms the first stays. */
  for (guint i = self->terms->len; i > 0; i--)
    if (is_covered (self, i - 1))
      g_ptr_array_remove_index (self->terms, i - 1);
}

static int
compare_terms (gconstpointer a, gconstpointer b)
{
  const LtTerm *left = *(LtTerm *const *) a;
  const LtTerm *right = *(LtTerm *const *) b;
  int order = (int) left->subject - (int) right->subject;

  if (order == 0 && left->key != right->key)
    order = strcmp (left->key->folded, right->key->folded);
  if (order == 0)
    order = (int) lt_term_widens (right) - (int) lt_term_widens (left);
  if (order == 0)
    order = (int) lt_term_get_cost (left) - (int) lt_term_get_cost (right);
  if (order == 0)
    order = strcmp (left->canonical, right->canonical);
  return order;
}

/* A clause costs what its dearest term does: the last. */
static int
compare_clauses (gconstpointer a, gconstpointer b)
{
  const LtClause *left = a;
  const LtClause *right = b;
  guint left_cost = lt_term_get_cost (left->terms[left->n_terms - 1]);
  guint right_cost = lt_term_get_cost (right->terms[right->n_terms - 1]);

  return (left_cost > right_cost) - (left_cost < right_cost);
}

static void
make_clauses (LtFilter *self)
{
  g_ptr_array_sort (self->terms, compare_terms);

  for (guint i = 0; i < self->terms->len;)
    {
      LtClause clause = { .terms = (LtTerm **) self->terms->pdata + i, .n_terms = 1 };

      while (i + clause.n_terms < self->terms->len
             && lt_term_shares_clause (clause.terms[0], clause.terms[clause.n_terms]))
        clause.n_terms++;
      g_array_append_val (self->clauses, clause);
      i += clause.n_terms;
    }

  g_array_sort (self->clauses, compare_clauses);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
is_type_alternative (const LtTerm *term)
{
  return term->subject == LT_SUBJECT_TYPE && term->op == LT_OPERATOR_CONTAINS && !term->negated;
}

static char *
make_text (const LtFilter *self)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_null_terminated (self->terms->len, NULL, TRUE);
  g_autoptr (GString) types = g_string_new (NULL);

  /* The terms of one clause lie together, and those about types in the order of their text. */
  for (guint i = 0; i < self->terms->len; i++)
    {
      const LtTerm *term = term_at (self, i);

      if (!is_type_alternative (term))
        g_ptr_array_add (texts, term->canonical);
      else if (types->len == 0)
        g_string_append (types, term->canonical);
      else
        g_string_append_printf (types, ",%s", term->text);
    }
  if (types->len > 0)
    g_ptr_array_add (texts, types->str);

  /* An array that never held anything has no terminator either. */
  if (texts->len == 0)
    return g_strdup ("");

  g_ptr_array_sort (texts, compare_strings);
  return g_strjoinv (" ", (char **) texts->pdata);
}

static LtFilter *
finish (LtFilter *self, GError **error)
{
  remove_covered (self);
  make_clauses (self);
  self->text = make_text (self);

  if (strlen (self->text) > LT_FILTER_MAX_BYTES)
    {
      lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                        "the filter is longer than %d bytes in its canonical form",
                        LT_FILTER_MAX_BYTES);
      return NULL;
    }

  return g_object_ref (self);
}

/**
 * lt_filter_new_from_text:
 * @catalogue: the keys there are
 * @text: a filter in the text form; the empty string matches everything
 * @error: return location for an error
 *
 * Compiles a filter; see docs/filters.md for the language. Relative times count from now.
 *
 * Raises %LT_ERROR_INVALID_FILTER, %LT_ERROR_UNKNOWN_KEY and %LT_ERROR_INVALID_LEVEL, with
 * the position in bytes into @text.
 *
 * Returns: (transfer full): the filter, or %NULL
 */
LtFilter *
lt_filter_new_from_text (LtCatalogue *catalogue, const char *text, GError **error)
{
  g_autoptr (LtFilter) self = g_object_new (LT_TYPE_FILTER, NULL);
  LtTermSource source = { .catalogue = catalogue, .now_us = g_get_real_time () };
  const char *invalid;

  if (!g_utf8_validate (text, -1, &invalid))
    {
      lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, (gsize) (invalid - text),
                        "the filter is not valid UTF-8");
      return NULL;
    }
  if (!lt_filter_parse_text (&source, text, self->terms, error))
    return NULL;

  return finish (self, error);
}

static gboolean
add_key_parameter (const LtTermSource *source, const LtParameter *parameter, GPtrArray *terms,
                   gboolean *at_name, GError **error)
{
  LtTermSpec spec = {
    .name = parameter->name,
    .name_length = strlen (parameter->name),
    .op = parameter->op,
    .negated = parameter->negated,
    .value = parameter->value,
  };

  /* Without an operator it fails, be it for its name. */
  if (parameter->op == LT_OPERATOR_NONE)
    spec.op = LT_OPERATOR_CONTAINS;

  return lt_term_compile (source, &spec, terms, at_name, error);
}

/* Adds what one parameter says. Positions count from the value, or if @at_name says so from
 * the parameter. */
static gboolean
add_parameter (LtFilter *self, const LtTermSource *source, const LtParameter *parameter,
               gboolean *at_name, GError **error)
{
  g_autofree char *folded = lt_key_fold (parameter->name, -1);
  LtTermSource text_source = *source;
  gboolean is_search = strcmp (folded, "filter") == 0;
  gboolean is_text = strcmp (folded, "q") == 0;

  *at_name = FALSE;
  if (!is_search && !is_text)
    {
      if (lt_query_name_is_reserved (parameter->name))
        return TRUE;
      return add_key_parameter (source, parameter, self->terms, at_name, error);
    }

  if (*parameter->value == '\0')
    return TRUE;
  if (parameter->op != LT_OPERATOR_CONTAINS || (is_text && parameter->negated))
    {
      *at_name = TRUE;
      return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                               is_text ? "\"q\" takes a filter in the text form: q=…"
                                       : "\"filter\" takes text to search for: filter=…, or "
                                         "filter!=… for what must not be there");
    }
  if (is_search)
    return lt_filter_parse_search (source, parameter->value, parameter->negated, self->terms,
                                   error);

  text_source.is_query = FALSE;
  return lt_filter_parse_text (&text_source, parameter->value, self->terms, error);
}

static gboolean
check_limits (const LtFilter *self, GError **error)
{
  guint n_patterns = 0;

  for (guint i = 0; i < self->terms->len; i++)
    n_patterns += term_at (self, i)->pattern != NULL;

  if (self->terms->len > LT_FILTER_MAX_TERMS)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0, "more than %d terms",
                             LT_FILTER_MAX_TERMS);
  if (n_patterns > LT_FILTER_MAX_PATTERNS)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0, "more than %d regular expressions",
                             LT_FILTER_MAX_PATTERNS);

  return TRUE;
}

/**
 * lt_filter_new_from_query:
 * @catalogue: the keys there are
 * @query: a query; its reserved parameters are left to others, except `q`
 * @error: return location for an error
 *
 * Compiles the filter that query parameters say. Relative times count from now.
 *
 * Raises %LT_ERROR_INVALID_FILTER, %LT_ERROR_UNKNOWN_KEY and %LT_ERROR_INVALID_LEVEL, with
 * the position in bytes into the raw query.
 *
 * Returns: (transfer full): the filter, or %NULL
 */
LtFilter *
lt_filter_new_from_query (LtCatalogue *catalogue, const LtQuery *query, GError **error)
{
  g_autoptr (LtFilter) self = g_object_new (LT_TYPE_FILTER, NULL);
  LtTermSource source = {
    .catalogue = catalogue,
    .now_us = g_get_real_time (),
    .is_query = TRUE,
  };

  for (guint i = 0; i < lt_query_get_length (query); i++)
    {
      const LtParameter *parameter = lt_query_get_parameter (query, i);
      g_autoptr (GError) problem = NULL;
      gboolean at_name = FALSE;
      gssize offset;

      if (add_parameter (self, &source, parameter, &at_name, &problem))
        {
          if (check_limits (self, &problem))
            continue;
          at_name = TRUE;
        }

      offset = lt_error_get_position (problem);
      lt_error_set_position (problem,
                             at_name ? (gssize) parameter->position + offset
                                     : (gssize) lt_query_locate (query, parameter, (gsize) offset));
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }

  return finish (self, error);
}

/**
 * lt_filter_get_text:
 * @self: a filter
 *
 * Returns: (transfer none) (not nullable): its canonical text form, which compiles to the
 *   same filter; the empty string for a filter that matches everything
 */
const char *
lt_filter_get_text (LtFilter *self)
{
  return self->text;
}

/**
 * lt_filter_describe:
 * @self: a filter
 *
 * Returns: (transfer full) (not nullable): what it matches, for a line of a log
 */
char *
lt_filter_describe (LtFilter *self)
{
  g_autofree char *escaped = NULL;

  if (lt_filter_is_empty (self))
    return g_strdup ("everything");

  escaped = g_strescape (self->text, NULL);
  return g_strdup_printf ("\"%s\"", escaped);
}

/**
 * lt_filter_is_empty:
 * @self: a filter
 *
 * Returns: %TRUE if it has no term and so matches every event
 */
gboolean
lt_filter_is_empty (LtFilter *self)
{
  return self->terms->len == 0;
}

static gboolean
match_clause (const LtClause *clause, LtMatchContext *context, LtPatternBudget *budget,
              guint *n_judged)
{
  for (guint i = 0; i < clause->n_terms; i++)
    {
      ++*n_judged;
      if (lt_term_match (clause->terms[i], context, budget))
        return TRUE;
    }

  return FALSE;
}

/* In steps of a regular expression, which are about as long as it takes to search 256 bytes. */
static guint64
get_work (LtMatchContext *context, guint n_judged, const LtPatternBudget *budget)
{
  return (guint64) n_judged * (TERM_WORK + lt_event_get_size_bytes (context->event) / 256)
         + LT_PATTERN_MAX_EVENT_STEPS - budget->steps;
}
/**
 * lt_filter_match:
 * @self: a filter
 * @context: with the event to judge; what it costs is added to its work
 *
 * Returns: %TRUE if the event matches
 */
gboolean
lt_filter_match (LtFilter *self, LtMatchContext *context)
{
  LtPatternBudget budget = LT_PATTERN_BUDGET_EVENT;
  gboolean matches = TRUE;
  guint n_judged = 0;

  for (guint i = 0; i < self->clauses->len && matches; i++)
    matches = match_clause (lt_filter_get_clause (self, i), context, &budget, &n_judged);
  context->work += get_work (context, n_judged, &budget);
  self->exhausted += budget.exhausted;
  return matches;
}

/**
 * lt_filter_get_exhausted:
 * @self: a filter
 *
 * Returns: how many matches of its regular expressions were given up because they took
 *   more than 10,000 steps, or all on one event more than 20,000; these counted as no match
 */
guint64
lt_filter_get_exhausted (LtFilter *self)
{
  return self->exhausted;
}
