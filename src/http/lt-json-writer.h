/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtJsonWriter:
 *
 * Writes the JSON documents of answers, commas and escapes in their places.
 */
typedef struct
{
  GString *out;    /* (owned) */
  gboolean follow; /* whether the next member or item needs a comma before it */
} LtJsonWriter;

void lt_json_writer_init (LtJsonWriter *self);
void lt_json_writer_clear (LtJsonWriter *self);
GBytes *lt_json_writer_end (LtJsonWriter *self);

void lt_json_writer_begin_object (LtJsonWriter *self, const char *name);
void lt_json_writer_end_object (LtJsonWriter *self);
void lt_json_writer_begin_array (LtJsonWriter *self, const char *name);
void lt_json_writer_end_array (LtJsonWriter *self);
void lt_json_writer_add_string (LtJsonWriter *self, const char *name, const char *text);
void lt_json_writer_add_strv (LtJsonWriter *self, const char *name, const char *const *texts);
void lt_json_writer_add_unsigned (LtJsonWriter *self, const char *name, guint64 number);
void lt_json_writer_add_double (LtJsonWriter *self, const char *name, double number);
void lt_json_writer_add_boolean (LtJsonWriter *self, const char *name, gboolean value);
void lt_json_writer_add_null (LtJsonWriter *self, const char *name);
void lt_json_writer_add_time (LtJsonWriter *self, const char *name, gint64 unix_us);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LtJsonWriter, lt_json_writer_clear)

G_END_DECLS
