/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-ctl-output.h"

G_BEGIN_DECLS

/**
 * LtCtlEvent:
 *
 * What a line of a stream says: an event, or something about the stream. The strings are its
 * own and "" where there is none, unless said otherwise.
 */
typedef struct
{
  char *line;            /* (owned): the JSON */
  GStringChunk *strings; /* (owned): what was decoded from it */
  GArray *members;       /* (owned): see lt_ctl_event_get_text() */
  GArray *data;          /* (owned): see lt_ctl_event_dup_value() */
  const char *control;   /* (nullable): `gap` and the like, where it is no event */
  const char *id;        /* (nullable): its own, or how far the daemon has looked */
  const char *level;
  const char *type;
  const char *text;
  const char *details;
  const char *role; /* `start` or `end` */
  gint64 created_at_us;
  guint64 sequence; /* the second part of @id */
  gboolean backfill;
} LtCtlEvent;

/**
 * LtCtlEventView:
 * @utc: whether to write UTC, not local time
 * @verbose: whether to show every key, and lines that are longer than the terminal is wide
 */
typedef struct
{
  gboolean utc;
  gboolean verbose;
} LtCtlEventView;

LtCtlEvent *lt_ctl_event_new_from_json (const char *json, gsize length);
void lt_ctl_event_free (LtCtlEvent *self);
const char *lt_ctl_event_get_text (const LtCtlEvent *self, const char *name);
gboolean lt_ctl_event_get_count (const LtCtlEvent *self, const char *name, guint64 *count);
char *lt_ctl_event_dup_value (const LtCtlEvent *self, const char *key);
LtCtlStyle lt_ctl_event_get_style (const LtCtlEvent *self);
void lt_ctl_event_put_data (const LtCtlEvent *self, gboolean all, LtCtlOutput *out);
void lt_ctl_event_put (const LtCtlEvent *self, const LtCtlEventView *view, LtCtlOutput *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtCtlEvent, lt_ctl_event_free)

G_END_DECLS
