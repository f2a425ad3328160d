/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * TestStream:
 *
 * A live stream as curl reads it. Where it has got to is kept when it ends, so that opening it
 * again goes on there.
 */
typedef struct
{
  const char *token;            /* (unowned) (nullable) */
  const char *const *arguments; /* (unowned) (nullable): more of curl's */
  gboolean is_sse;
  GSubprocess *process;    /* (owned) (nullable) */
  GDataInputStream *lines; /* (owned) (nullable) */
  char *cursor;            /* (owned) (nullable): for Last-Event-ID */
  gint64 subscriber;       /* its number, from hello */
  gint64 last_n;           /* data.n of the last event, which has no holes */
} TestStream;

void test_stream_open (TestStream *self, const char *url);
char *test_stream_next (TestStream *self, JsonNode **data);
void test_stream_read_until (TestStream *self, const char *event);
void test_stream_count_until (TestStream *self, gint64 n);
int test_stream_wait_end (TestStream *self);
void test_stream_kill (TestStream *self);
void test_stream_clear (TestStream *self);

G_END_DECLS
