/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Largest rule file that is read, in bytes. */
#define LT_RULE_FILE_MAX_BYTES (1024 * 1024)

/**
 * LtRuleEntry:
 *
 * One `Key=value` of a rule file.
 */
typedef struct
{
  char *key;   /* (owned) */
  char *value; /* (owned): as written; backslashes mean nothing here */
  guint line;  /* from 1 */
} LtRuleEntry;

/**
 * LtRuleSection:
 *
 * One `[KIND NAME]` of a rule file.
 */
typedef struct
{
  char *kind;         /* (owned): such as `rule` */
  char *name;         /* (owned): what follows the kind, or "" */
  GPtrArray *entries; /* (owned) (element-type LtRuleEntry): in the file's order */
  guint line;         /* from 1 */
} LtRuleSection;

/**
 * LtRuleFile:
 *
 * A rule file as it is written: sections and entries with the lines they stand on. The form
 * is that of GKeyFile, read strictly: nothing twice, and no escapes, so that a regular
 * expression is written once only.
 */
typedef struct
{
  char *path;          /* (owned): as errors show it */
  GPtrArray *sections; /* (owned) (element-type LtRuleSection): in the file's order */
} LtRuleFile;

LtRuleFile *lt_rule_file_parse (const char *path, const char *text, gsize length, GError **error);
LtRuleFile *lt_rule_file_load (const char *path, GError **error);
void lt_rule_file_free (LtRuleFile *self);
const LtRuleEntry *lt_rule_section_find (const LtRuleSection *section, const char *key);
const char *lt_rule_section_get (const LtRuleSection *section, const char *key);
gboolean lt_rule_section_check (const LtRuleFile *file, const LtRuleSection *section,
                                const char *const *keys, GError **error);
void lt_rule_file_set_error (const LtRuleFile *file, const LtRuleSection *section,
                             const LtRuleEntry *entry, GError **error, const char *format, ...)
    G_GNUC_PRINTF (5, 6);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtRuleFile, lt_rule_file_free)

G_END_DECLS
