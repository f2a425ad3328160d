/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-address.h"
#include "lt-catalogue.h"
#include "lt-filter-number.h"
#include "lt-filter-pattern.h"
#include "lt-match-context.h"
#include "lt-query.h"

G_BEGIN_DECLS

/**
 * LtSubject:
 *
 * What a term of a filter looks at.
 */
typedef enum
{
  LT_SUBJECT_ANYWHERE,   /* all text of the event */
  LT_SUBJECT_KEY,        /* the values of a key */
  LT_SUBJECT_TYPE,       /* the event's own type, as the rest of these */
  LT_SUBJECT_LEVEL,      /* level */
  LT_SUBJECT_TEXT,       /* text */
  LT_SUBJECT_SPAN,       /* span role */
  LT_SUBJECT_CREATED_AT, /* time */
} LtSubject;

/**
 * LtReading:
 *
 * What else than text the value of a term can be read as.
 */
typedef enum
{
  LT_READING_NUMBER = 1 << 0,
  LT_READING_BOOLEAN = 1 << 1,
  LT_READING_RANGE = 1 << 2, /* one address is a range too */
  LT_READING_TIME = 1 << 3,
} LtReading;

/**
 * LtTerm:
 *
 * One compiled term. Which members count depends on @subject, @op and @readings.
 */
typedef struct
{
  LtSubject subject;
  LtOperator op;
  gboolean negated;
  guint readings;       /* LtReading */
  LtKey *key;           /* (owned) (nullable): of %LT_SUBJECT_KEY */
  char *text;           /* (owned): in folded case; a regular expression as it was written */
  gsize text_length;    /* bytes of @text */
  char *canonical;      /* (owned): the term in the text form, with its `-` */
  LtPattern *pattern;   /* (owned) (nullable): of %LT_OPERATOR_REGEX */
  LtNumber number;      /* %LT_READING_NUMBER */
  LtAddressRange range; /* %LT_READING_RANGE */
  gint64 time_us;       /* %LT_READING_TIME, microseconds since the epoch */
  gboolean boolean;     /* %LT_READING_BOOLEAN */
  LtLevel level;        /* of %LT_SUBJECT_LEVEL */
  LtSpanRole role;      /* of %LT_SUBJECT_SPAN; %LT_SPAN_ROLE_NONE for either */
} LtTerm;

/**
 * LtTermSource:
 *
 * What all terms of a filter are compiled with.
 */
typedef struct
{
  LtCatalogue *catalogue; /* (unowned) */
  gint64 now_us;          /* what relative times count from, microseconds since the epoch */
  gboolean is_query;      /* written as query parameters: errors advise in their terms */
} LtTermSource;

/**
 * LtTermSpec:
 *
 * A term as it was written.
 */
typedef struct
{
  const char *name;  /* (nullable): NULL for text anywhere */
  gsize name_length; /* bytes of @name */
  LtOperator op;
  gboolean negated;
  const char *value; /* valid UTF-8 */
  gboolean literal;  /* was quoted: `*` and commas mean themselves */
} LtTermSpec;

gboolean lt_term_compile (const LtTermSource *source, const LtTermSpec *spec, GPtrArray *terms,
                          gboolean *at_name, GError **error);
void lt_term_free (LtTerm *self);
char *lt_term_make_canonical (const LtTerm *term);
gboolean lt_term_widens (const LtTerm *self);
gboolean lt_term_shares_clause (const LtTerm *a, const LtTerm *b);
guint lt_term_get_cost (const LtTerm *self);
gboolean lt_term_match (const LtTerm *self, LtMatchContext *context, LtPatternBudget *budget);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtTerm, lt_term_free)

G_END_DECLS
