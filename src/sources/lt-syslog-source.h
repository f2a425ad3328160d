/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-log-processor.h"

#include "core/lt-source.h"

G_BEGIN_DECLS

/**
 * LtSyslogSource:
 *
 * A source that takes syslog datagrams: at a path such as `/dev/log`, or at a UDP port of a
 * loopback address.
 */
#define LT_TYPE_SYSLOG_SOURCE (lt_syslog_source_get_type ())
G_DECLARE_FINAL_TYPE (LtSyslogSource, lt_syslog_source, LT, SYSLOG_SOURCE, GObject)

gboolean lt_syslog_source_check_address (const char *address, GError **error);
LtSyslogSource *lt_syslog_source_new (const char *name, const char *address,
                                      LtLogProcessor *processor);
guint16 lt_syslog_source_get_port (LtSyslogSource *self);

G_END_DECLS
