/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Text of one line that is kept; what goes beyond is cut and counted. */
#define LT_LOG_LINE_MAX_BYTES (32 * 1024)

/* Parameters of RFC 5424 structured data that are kept; the rest stays in the text. */
#define LT_LOG_LINE_MAX_PARAMETERS 32

/**
 * LtLogText:
 *
 * A piece of text inside somebody else's buffer, not NUL-terminated. An absent piece has
 * no @text; one that is there but empty has.
 */
typedef struct
{
  const char *text; /* (unowned) (nullable): valid UTF-8 without NUL */
  gsize length;     /* bytes of @text */
} LtLogText;

/**
 * LtLogParameter:
 *
 * One parameter of RFC 5424 structured data.
 */
typedef struct
{
  LtLogText element; /* SD-ID, such as `origin` or `exampleSDID@32473` */
  LtLogText name;
  LtLogText value; /* without its escapes */
} LtLogParameter;

/**
 * LtLogLine:
 *
 * One line of a log, taken apart. Everything points into the parsed text or the parser and
 * is good until the next line is parsed.
 */
typedef struct
{
  gint64 created_at_us; /* microseconds since the epoch, or G_MININT64 where the line has no time */
  int facility;         /* 0 to 23, or -1 where the line does not say */
  int severity;         /* 0 (emergency) to 7 (debug), or -1 where the line does not say */
  LtLogText hostname;
  LtLogText program;
  LtLogText pid;        /* decimal, or any word in RFC 5424 */
  LtLogText message_id; /* MSGID of RFC 5424 */
  LtLogText message;    /* always there */
  LtLogParameter parameters[LT_LOG_LINE_MAX_PARAMETERS];
  guint n_parameters;
  guint repeats;     /* how often the log says the message came; 1 as a rule */
  guint64 cut_bytes; /* bytes of the line that were not kept */
} LtLogLine;

G_END_DECLS
