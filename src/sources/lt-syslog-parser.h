/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-log-line.h"

G_BEGIN_DECLS

/**
 * LtSyslogParser:
 *
 * Takes syslog lines apart: RFC 3164 as it comes through a socket or as rsyslog and Postfix
 * write it to files (with either form of time), and RFC 5424. There is no bad line: what is
 * not understood stays in the message.
 */
typedef struct _LtSyslogParser LtSyslogParser;

LtSyslogParser *lt_syslog_parser_new (void);
void lt_syslog_parser_free (LtSyslogParser *self);
void lt_syslog_parser_parse (LtSyslogParser *self, const char *text, gsize length, gint64 now_us,
                             LtLogLine *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtSyslogParser, lt_syslog_parser_free)

G_END_DECLS
