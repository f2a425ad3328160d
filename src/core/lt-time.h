/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes lt_time_format() writes: 2026-11-22T06:35:06.041377Z and a NUL. */
#define LT_TIME_FORMAT_SIZE 28

/* The first and the last time that has a form: the years 1 to 9999, UTC. */
#define LT_TIME_MIN_US G_GINT64_CONSTANT (-62135596800000000)
#define LT_TIME_MAX_US G_GINT64_CONSTANT (253402300799999999)

gboolean lt_time_parse (const char *text, gsize length, gint64 *unix_us);
gsize lt_time_format (gint64 unix_us, char buffer[LT_TIME_FORMAT_SIZE]);
gboolean lt_duration_parse (const char *text, gsize length, double *milliseconds);
gboolean lt_size_parse (const char *text, gsize length, double *bytes);

G_END_DECLS
