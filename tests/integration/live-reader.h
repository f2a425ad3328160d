/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../e2e/daemon-fixture.h"
#include "../e2e/stream-client.h"

G_BEGIN_DECLS

/**
 * LiveReader:
 *
 * A live stream and all events that came over it, over several connections if it was opened
 * again.
 */
typedef struct
{
  TestStream stream;
  char *url;         /* (owned) */
  GPtrArray *events; /* (owned) (element-type JsonObject) */
  guint n_gaps;      /* `gap` blocks among them */
} LiveReader;

void live_reader_init (LiveReader *self, TestDaemon *daemon, const char *query);
void live_reader_open (LiveReader *self);
void live_reader_read (LiveReader *self);
void live_reader_read_until (LiveReader *self, const char *type, const char *key,
                             const char *value);
void live_reader_read_count (LiveReader *self, guint n_events);
JsonObject *live_reader_find (LiveReader *self, const char *type, const char *key,
                              const char *value);
void live_reader_clear (LiveReader *self);

JsonNode *live_event_get (JsonObject *event, const char *key);
const char *live_event_get_string (JsonObject *event, const char *key);
guint64 live_event_get_number (JsonObject *event);
char *live_event_dup_json (JsonObject *event);

G_END_DECLS
