/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-matcher-index.h"

#include "lt-levels.h"
#include "lt-matcher-condition.h"
#include "lt-probe-table.h"

#include <string.h>

/* How many places in a text may serve to find it; the rest of a long one adds nothing. */
#define MAX_GRAM_PLACES 64

/* Types whose filters are remembered, and how many filters for all of them together. */
#define MAX_CACHED_TYPES    2048
#define MAX_CACHED_POSTINGS 65536

/* Lengths an address range can have: 0 to 128 bits. */
#define N_RANGE_BITS 129

typedef struct
{
  LtEventType *type;     /* (owned) */
  GPtrArray *candidates; /* (owned) (element-type LtCandidate) */
} LtTypeCache;

struct _LtMatcherIndex
{
  LtProbeTable *texts; /* (owned): by bytes of the event's folded text */
  LtProbeTable *keys;  /* (owned): by key, or by key and address */
  GPtrArray *always;   /* (owned) (element-type LtCandidate) */
  GPtrArray *by_type;  /* (owned) (element-type LtCandidate) */
  GHashTable *types;   /* (owned) (element-type LtEventType LtTypeCache): made on use */
  guint n_postings;    /* in all of @types */
  guint64 n_look_ups;
  guint n_ranges[2][N_RANGE_BITS];    /* of IPv4 and IPv6, by length */
  guint8 range_bits[2][N_RANGE_BITS]; /* those lengths that occur */
  guint n_range_bits[2];
};

typedef struct
{
  LtMatcherIndex *index;
  LtCandidateFunc func;
  gpointer user_data;
} LtLookUp;

static void
free_type_cache (gpointer data)
{
  LtTypeCache *cache = data;

  lt_event_type_unref (cache->type);
  g_ptr_array_unref (cache->candidates);
  g_free (cache);
}

/**
 * lt_matcher_index_new:
 *
 * Returns: (transfer full): an index without filters
 */
LtMatcherIndex *
lt_matcher_index_new (void)
{
  LtMatcherIndex *self = g_new0 (LtMatcherIndex, 1);

  self->texts = lt_probe_table_new ();
  self->keys = lt_probe_table_new ();
  self->always = g_ptr_array_new ();
  self->by_type = g_ptr_array_new ();
  self->types = g_hash_table_new_full (NULL, NULL, NULL, free_type_cache);
  return self;
}

/**
 * lt_matcher_index_free:
 * @self: (transfer full): an index without filters
 *
 * Frees @self.
 */
void
lt_matcher_index_free (LtMatcherIndex *self)
{
  lt_probe_table_free (self->texts);
  lt_probe_table_free (self->keys);
  g_ptr_array_unref (self->always);
  g_ptr_array_unref (self->by_type);
  g_hash_table_unref (self->types);
  g_free (self);
}

static guint64
hash_key (const LtKey *key)
{
  return lt_probe_mix (1, GPOINTER_TO_SIZE (key));
}

/* Of the address, only the first @bits bits count. */
static guint64
hash_range (const LtKey *key, const LtAddress *address, guint bits)
{
  guint64 words[2];
  guint64 hash = lt_probe_mix (bits * 2 + (address->length == 4 ? 3 : 2), GPOINTER_TO_SIZE (key));

  memcpy (words, address->bytes, sizeof words);
  words[0] = GUINT64_FROM_BE (words[0]);
  words[1] = GUINT64_FROM_BE (words[1]);
  if (bits == 0)
    words[0] = 0;
  else if (bits < 64)
    words[0] &= G_MAXUINT64 << (64 - bits);
  if (bits <= 64)
    words[1] = 0;
  else if (bits < 128)
    words[1] &= G_MAXUINT64 << (128 - bits);

  hash = lt_probe_mix (hash, words[0]);
  return words[1] != 0 ? lt_probe_mix (hash, words[1]) : hash;
}

static guint64
hash_gram (const char *bytes, guint length)
{
  switch (length)
    {
    case 2:
      return lt_probe_hash_gram (bytes, 2);

    case 3:
      return lt_probe_hash_gram (bytes, 3);

    default:
      return lt_probe_hash_gram (bytes, 4);
    }
}

/* How common the bytes of a gram are, as a guess: digits tell more than letters do. */
static guint
rate_gram (const char *bytes, guint length)
{
  guint sum = 0;

  for (guint i = 0; i < length; i++)
    {
      if (strchr ("aeinorst", bytes[i]) != NULL)
        sum += 3;
      else
        sum += g_ascii_isdigit (bytes[i]) ? 1 : 2;
    }

  return sum;
}

/* Finds the bytes of a text that the fewest other texts are found by. */
static void
choose_gram (const LtProbeTable *texts, LtProbe *probe)
{
  guint best = G_MAXUINT;
  guint n_places;

  probe->gram_length = MIN (probe->text_length, LT_GRAM_MAX_BYTES);
  n_places = MIN (probe->text_length - probe->gram_length + 1, MAX_GRAM_PLACES);
  for (guint i = 0; i < n_places; i++)
    {
      guint64 hash = hash_gram (probe->text + i, probe->gram_length);
      guint rating = lt_probe_table_count (texts, hash) * 4
                     + rate_gram (probe->text + i, probe->gram_length);

      if (rating < best)
        {
          best = rating;
          probe->hash = hash;
          probe->gram_offset = i;
        }
    }
}

static LtProbe *
add_probe (LtCandidate *candidate)
{
  LtProbe *probe = g_new0 (LtProbe, 1);

  probe->target = candidate;
  probe->sibling = candidate->probes;
  candidate->probes = probe;
  return probe;
}

static void
add_text_probe (LtMatcherIndex *self, LtCandidate *candidate, const LtTerm *term)
{
  LtProbe *probe = add_probe (candidate);

  probe->text = term->text;
  probe->text_length = (guint) term->text_length;
  choose_gram (self->texts, probe);
  lt_probe_table_insert (self->texts, probe);
}

static void
add_key_probe (LtMatcherIndex *self, LtCandidate *candidate, guint64 hash)
{
  LtProbe *probe = add_probe (candidate);

  probe->hash = hash;
  lt_probe_table_insert (self->keys, probe);
}

/* Counts ranges by length, and keeps the list of lengths that occur. */
static void
count_range (LtMatcherIndex *self, const LtAddressRange *range, int change)
{
  guint family = range->address.length == 4 ? 0 : 1;
  guint *n_ranges = &self->n_ranges[family][range->bits];
  gboolean had_any = *n_ranges > 0;

  *n_ranges += (guint) change;
  if ((*n_ranges > 0) == had_any)
    return;

  self->n_range_bits[family] = 0;
  for (guint bits = 0; bits < N_RANGE_BITS; bits++)
    if (self->n_ranges[family][bits] > 0)
      self->range_bits[family][self->n_range_bits[family]++] = (guint8) bits;
}

static gboolean
uses_range (const LtTerm *term)
{
  return term->subject == LT_SUBJECT_KEY && (term->readings & LT_READING_RANGE) != 0
         && lt_condition_rate_term (term) < LT_RARITY_KEY;
}

static void
add_term_probes (LtMatcherIndex *self, LtCandidate *candidate, const LtTerm *term)
{
  if (term->subject != LT_SUBJECT_KEY)
    {
      add_text_probe (self, candidate, term);
      return;
    }
  if (lt_condition_rate_term (term) >= LT_RARITY_KEY)
    {
      add_key_probe (self, candidate, hash_key (term->key));
      return;
    }

  /* A string is searched for the text of a range, an address is not. */
  add_text_probe (self, candidate, term);
  if (uses_range (term))
    {
      add_key_probe (self, candidate,
                     hash_range (term->key, &term->range.address, term->range.bits));
      count_range (self, &term->range, 1);
    }
}

static void
forget_types (LtMatcherIndex *self)
{
  g_hash_table_remove_all (self->types);
  self->n_postings = 0;
}

static void
list_add (GPtrArray *list, LtCandidate *candidate)
{
  candidate->list_index = list->len;
  g_ptr_array_add (list, candidate);
}

static void
list_remove (GPtrArray *list, LtCandidate *candidate)
{
  g_ptr_array_remove_index_fast (list, candidate->list_index);
  if (candidate->list_index < list->len)
    ((LtCandidate *) g_ptr_array_index (list, candidate->list_index))->list_index
        = candidate->list_index;
}

/**
 * lt_matcher_index_add:
 * @self: an index
 * @candidate: (transfer none): with its filter set and all else zero; must stay until it is
 *   removed
 *
 * Adds a filter.
 */
void
lt_matcher_index_add (LtMatcherIndex *self, LtCandidate *candidate)
{
  const LtClause *clause = lt_condition_choose (candidate->filter);

  candidate->is_always = clause == NULL;
  if (clause == NULL)
    {
      list_add (self->always, candidate);
      return;
    }
  if (clause->terms[0]->subject == LT_SUBJECT_TYPE)
    {
      candidate->types = clause;
      list_add (self->by_type, candidate);
      forget_types (self);
      return;
    }

  for (guint i = 0; i < clause->n_terms; i++)
    add_term_probes (self, candidate, clause->terms[i]);
}

/**
 * lt_matcher_index_remove:
 * @self: an index
 * @candidate: what was added
 *
 * Takes a filter out.
 */
void
lt_matcher_index_remove (LtMatcherIndex *self, LtCandidate *candidate)
{
  const LtClause *clause;

  if (candidate->is_always)
    {
      list_remove (self->always, candidate);
      return;
    }
  if (candidate->types != NULL)
    {
      list_remove (self->by_type, candidate);
      forget_types (self);
      return;
    }

  clause = lt_condition_choose (candidate->filter);
  for (guint i = 0; i < clause->n_terms; i++)
    if (uses_range (clause->terms[i]))
      count_range (self, &clause->terms[i]->range, -1);

  while (candidate->probes != NULL)
    {
      LtProbe *probe = candidate->probes;

      candidate->probes = probe->sibling;
      lt_probe_table_remove (probe->text != NULL ? self->texts : self->keys, probe);
      g_free (probe);
    }
}

/* Looking up */

static inline void
visit (const LtLookUp *look_up, LtCandidate *candidate)
{
  if (candidate->visited == look_up->index->n_look_ups)
    return;

  candidate->visited = look_up->index->n_look_ups;
  look_up->func (candidate, look_up->user_data);
}

static void
visit_text (const LtLookUp *look_up, guint64 hash, const char *haystack, gsize length, gsize at)
{
  for (LtProbe *probe = lt_probe_table_first (look_up->index->texts, hash); probe != NULL;
       probe = probe->chain)
    {
      LtCandidate *candidate = probe->target;

      if (probe->hash != hash || candidate->visited == look_up->index->n_look_ups
          || probe->gram_offset > at || length - (at - probe->gram_offset) < probe->text_length
          || memcmp (haystack + (at - probe->gram_offset), probe->text, probe->text_length) != 0)
        continue;

      visit (look_up, candidate);
    }
}

static inline __attribute__ ((always_inline)) void
scan_grams (const LtLookUp *look_up, const char *haystack, gsize length, const guint gram_length)
{
  const LtProbeTable *texts = look_up->index->texts;

  for (gsize at = 0; at + gram_length <= length; at++)
    {
      guint64 hash = lt_probe_hash_gram (haystack + at, gram_length);

      if (G_UNLIKELY (lt_probe_table_may_have (texts, hash)))
        visit_text (look_up, hash, haystack, length, at);
    }
}

static void
look_up_texts (const LtLookUp *look_up, LtMatchContext *context)
{
  const guint *n_grams = look_up->index->texts->n_grams;
  const char *haystack;
  gsize length;

  if (look_up->index->texts->n_probes == 0)
    return;

  haystack = lt_match_context_peek_haystack (context, &length);
  if (n_grams[4] > 0)
    scan_grams (look_up, haystack, length, 4);
  if (n_grams[3] > 0)
    scan_grams (look_up, haystack, length, 3);
  if (n_grams[2] > 0)
    scan_grams (look_up, haystack, length, 2);
}

static void
visit_key (const LtLookUp *look_up, guint64 hash)
{
  const LtProbeTable *keys = look_up->index->keys;

  if (!lt_probe_table_may_have (keys, hash))
    return;

  for (LtProbe *probe = lt_probe_table_first (keys, hash); probe != NULL; probe = probe->chain)
    if (probe->hash == hash)
      visit (look_up, probe->target);
}

static void
look_up_addresses (const LtLookUp *look_up, const LtKey *key, const LtValue *value)
{
  const LtMatcherIndex *self = look_up->index;

  if (value->kind == LT_VALUE_IP)
    {
      guint family = value->ip->address.length == 4 ? 0 : 1;

      for (guint i = 0; i < self->n_range_bits[family]; i++)
        visit_key (look_up, hash_range (key, &value->ip->address, self->range_bits[family][i]));
    }
  else if (value->kind == LT_VALUE_LIST)
    {
      for (guint i = 0; i < value->length; i++)
        look_up_addresses (look_up, key, &value->items[i]);
    }
}

static void
look_up_fields (const LtLookUp *look_up, const LtEvent *event)
{
  gboolean has_ranges = look_up->index->n_range_bits[0] + look_up->index->n_range_bits[1] > 0;

  for (guint i = 0; i < event->n_fields; i++)
    {
      const LtField *field = &event->fields[i];

      visit_key (look_up, hash_key (field->key));
      if (has_ranges && (field->value.kind == LT_VALUE_IP || field->value.kind == LT_VALUE_LIST))
        look_up_addresses (look_up, field->key, &field->value);
    }
}

static gboolean
clause_has_type (const LtClause *clause, const LtEventType *type)
{
  for (guint i = 0; i < clause->n_terms; i++)
    if (lt_type_glob_match (clause->terms[i]->text, type->name))
      return TRUE;

  return FALSE;
}

static const LtTypeCache *
find_type (LtMatcherIndex *self, LtEventType *type)
{
  LtTypeCache *cache = g_hash_table_lookup (self->types, type);

  if (cache != NULL)
    return cache;

  if (g_hash_table_size (self->types) >= MAX_CACHED_TYPES
      || self->n_postings >= MAX_CACHED_POSTINGS)
    forget_types (self);

  cache = g_new0 (LtTypeCache, 1);
  cache->type = lt_event_type_ref (type);
  cache->candidates = g_ptr_array_new ();
  for (guint i = 0; i < self->by_type->len; i++)
    {
      LtCandidate *candidate = g_ptr_array_index (self->by_type, i);

      if (clause_has_type (candidate->types, type))
        g_ptr_array_add (cache->candidates, candidate);
    }

  self->n_postings += cache->candidates->len;
  g_hash_table_insert (self->types, type, cache);
  return cache;
}

static void
look_up_type (const LtLookUp *look_up, LtEventType *type)
{
  const LtTypeCache *cache;

  if (look_up->index->by_type->len == 0)
    return;

  cache = find_type (look_up->index, type);
  for (guint i = 0; i < cache->candidates->len; i++)
    visit (look_up, g_ptr_array_index (cache->candidates, i));
}

/**
 * lt_matcher_index_look_up:
 * @self: an index
 * @context: with an event
 * @func: (scope call): called once for each filter that the event may match; must not
 *   change the index
 * @user_data: for @func
 *
 * Finds the filters worth judging; no other can match the event.
 */
void
lt_matcher_index_look_up (LtMatcherIndex *self, LtMatchContext *context, LtCandidateFunc func,
                          gpointer user_data)
{
  LtLookUp look_up = { .index = self, .func = func, .user_data = user_data };

  self->n_look_ups++;
  for (guint i = 0; i < self->always->len; i++)
    visit (&look_up, g_ptr_array_index (self->always, i));

  look_up_type (&look_up, context->event->type);
  look_up_texts (&look_up, context);
  if (self->keys->n_probes > 0)
    {
      look_up_fields (&look_up, context->event);
      if (context->start != NULL)
        look_up_fields (&look_up, context->start);
    }
}
