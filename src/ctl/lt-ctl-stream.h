/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-ctl-client.h"
#include "lt-ctl-event.h"

G_BEGIN_DECLS

/* Longest line of a stream. An event is far smaller; escapes and backfill marks are in it. */
#define LT_CTL_MAX_LINE_BYTES (16 * 1024 * 1024)

/* The words --context may have, in the form that options take. */
#define LT_CTL_CONTEXTS "event|span|trace"
#define LT_CTL_LEVELS   "error|warn|info|debug|trace"

/**
 * LtCtlStart:
 *
 * What a subscription asks for.
 */
typedef struct
{
  char *filter;  /* (owned): its text form */
  int context;   /* which of %LT_CTL_CONTEXTS, or -1 */
  int level;     /* which of %LT_CTL_LEVELS, or -1 */
  guint64 last;  /* or 0 */
  guint64 limit; /* or 0 */
  char *since;   /* (owned) (nullable) */
  char *after;   /* (owned) (nullable): an event id */
} LtCtlStart;

void lt_ctl_start_clear (LtCtlStart *self);
void lt_ctl_start_set_filter (LtCtlStart *self, GPtrArray *words);
GVariant *lt_ctl_start_to_parameters (const LtCtlStart *self);
GPtrArray *lt_ctl_stream_collect (LtCtl *ctl, const LtCtlStart *start, GError **error);
void lt_ctl_stream_say_gap (LtCtl *ctl, const LtCtlEvent *gap);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LtCtlStart, lt_ctl_start_clear)

G_END_DECLS
