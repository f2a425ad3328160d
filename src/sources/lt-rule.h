/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-log-line.h"

#include "core/lt-catalogue.h"

G_BEGIN_DECLS

/**
 * LtRuleField:
 *
 * A piece of a line that a rule can use: a group of its pattern (0 and up), or one of these.
 */
typedef int LtRuleField;

#define LT_RULE_FIELD_NONE           (-1)
#define LT_RULE_FIELD_MESSAGE        (-2) /* the text after the tag */
#define LT_RULE_FIELD_HOSTNAME       (-3)
#define LT_RULE_FIELD_PROGRAM        (-4) /* such as postfix/submission/smtpd */
#define LT_RULE_FIELD_PROGRAM_FIRST  (-5) /* such as postfix */
#define LT_RULE_FIELD_PROGRAM_MIDDLE (-6) /* such as submission; absent in postfix/smtpd */
#define LT_RULE_FIELD_PROGRAM_LAST   (-7) /* such as smtpd */
#define LT_RULE_FIELD_PID            (-8)

/**
 * LtRuleReading:
 *
 * How the text of a field becomes a value.
 */
typedef enum
{
  LT_RULE_READING_KIND, /* as the key's kind has it */
  LT_RULE_READING_STRING,
  LT_RULE_READING_LOWER, /* a string, in lower case */
  LT_RULE_READING_INTEGER,
  LT_RULE_READING_NUMBER,
  LT_RULE_READING_BOOLEAN,
  LT_RULE_READING_LIST,     /* separated by commas */
  LT_RULE_READING_DURATION, /* a number of @factor milliseconds */
  LT_RULE_READING_SIZE,     /* a number of @factor bytes */
} LtRuleReading;

/**
 * LtRuleKey:
 *
 * A key that a rule gives its events.
 */
typedef struct
{
  LtKey *key;        /* (owned) */
  char *constant;    /* (owned) (nullable): the value itself, if it comes from no field */
  LtRuleField field; /* where the value comes from */
  LtRuleReading reading;
  double factor; /* of durations and sizes */
} LtRuleKey;

/**
 * LtRuleTemplate:
 *
 * Text with fields in it, such as `{queueId} to {to}`.
 */
typedef struct _LtRuleTemplate LtRuleTemplate;

/**
 * LtRuleSpan:
 *
 * A kind of span that rules speak of.
 */
typedef struct _LtRuleSpan LtRuleSpan;

struct _LtRuleSpan
{
  char *name;         /* (owned) */
  LtRuleSpan *parent; /* (unowned) (nullable): the span that encloses it, if that one is open */
  char *identity;     /* (owned): template of what tells open spans apart */
  char *id;           /* (owned): template of the first part of the `spanId` */
};

/**
 * LtRuleSpanUse:
 *
 * A span that the lines of a rule may belong to.
 */
typedef struct
{
  LtRuleSpan *span;                /* (unowned): belongs to the rule's pack */
  gboolean only_open;              /* whether a line belongs to it only while it is open */
  LtRuleTemplate *identity;        /* (owned): of @span, with the rule's groups */
  LtRuleTemplate *id;              /* (owned): of @span, with the rule's groups */
  LtRuleTemplate *parent_identity; /* (owned) (nullable): of the parent, if the rule can fill it */
} LtRuleSpanUse;

/**
 * LtRule:
 *
 * One compiled rule.
 */
typedef struct
{
  char *name;          /* (owned) */
  char *path;          /* (owned): the file it is from */
  guint line;          /* the line it begins on */
  GPtrArray *programs; /* (owned) (element-type GPatternSpec): none means any program */
  GRegex *regex;       /* (owned) */
  char *prefix;        /* (owned) (nullable): what a matching message begins with */
  char *literal;       /* (owned) (nullable): what a matching message has in it */
  gsize prefix_length;
  gsize literal_length;
  LtEventType *type; /* (owned) */
  gboolean has_level;
  LtLevel level;
  LtRuleTemplate *text;    /* (owned) (nullable): the type's own text */
  LtRuleTemplate *details; /* (owned) (nullable): none */
  GArray *keys;            /* (owned) (element-type LtRuleKey) */
  LtRuleField pairs;       /* a field of `name=value` pairs, or LT_RULE_FIELD_NONE */
  char *pairs_prefix;      /* (owned): what the keys made from @pairs begin with */
  GArray *spans; /* (owned) (element-type LtRuleSpanUse): the first that fits a line is taken */
  LtSpanRole role;
  guint64 matches; /* lines it matched */
} LtRule;

/**
 * LtRuleMatch:
 *
 * A line that a rule matched.
 */
typedef struct
{
  const LtRule *rule;    /* (unowned) */
  const LtLogLine *line; /* (unowned) */
  GMatchInfo *info;      /* (owned) */
} LtRuleMatch;

gboolean lt_rule_match_get (const LtRuleMatch *match, LtRuleField field, LtLogText *text);
void lt_rule_match_clear (LtRuleMatch *match);

gboolean lt_rule_field_parse (const char *name, gsize length, GRegex *regex, LtRuleField *field);
LtRuleTemplate *lt_rule_template_parse (const char *text, GRegex *regex, GError **error);
void lt_rule_template_free (LtRuleTemplate *self);
gboolean lt_rule_template_is_complete (const LtRuleTemplate *self, const LtRuleMatch *match);
void lt_rule_template_expand (const LtRuleTemplate *self, const LtRuleMatch *match,
                              GString *output);

void lt_rule_find_literals (const char *pattern, char **prefix, char **literal);
void lt_rule_free (LtRule *rule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtRuleTemplate, lt_rule_template_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtRule, lt_rule_free)

G_END_DECLS
