/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Datagrams that may wait in the kernel, in bytes. */
#define LT_SYSLOG_SOCKET_BUFFER_BYTES (8 * 1024 * 1024)

gboolean lt_syslog_socket_check_address (const char *address, GError **error);
int lt_syslog_socket_open (const char *address, GError **error);
guint16 lt_syslog_socket_get_port (int fd);
void lt_syslog_socket_close (int fd, const char *address);
gssize lt_syslog_socket_receive (int fd, char *buffer, gsize size, gsize *length, guint32 *dropped);

G_END_DECLS
