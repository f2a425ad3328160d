/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TEST_BUS_NAME    "org.livetrace.Livetrace1"
#define TEST_OBJECT_PATH "/org/livetrace/Livetrace1"
#define TEST_MANAGER     "org.livetrace.Livetrace1.Manager"

/* Sanitizers make everything slower and larger. */
#if defined(__SANITIZE_ADDRESS__)
#define TEST_IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TEST_IS_SANITIZED 1
#endif
#endif
#ifndef TEST_IS_SANITIZED
#define TEST_IS_SANITIZED 0
#endif

/**
 * TestDaemon:
 *
 * A livetraced as users have it: a process of its own, on a private bus, with a state directory
 * that goes with it.
 */
typedef struct
{
  GTestDBus *bus;              /* (owned) */
  GDBusConnection *connection; /* (owned) */
  GSubprocess *process;        /* (owned) (nullable) */
  GPtrArray *settings;         /* (owned) (element-type utf8): more command line */
  char *directory;             /* (owned): state and scratch */
  char *token;                 /* (owned): may do everything */
  guint16 port;                /* of HTTP on 127.0.0.1 */
} TestDaemon;

GSubprocess *test_spawn (const char *const *argv, GSubprocessFlags flags);
void test_daemon_init (TestDaemon *self, const char *const *arguments);
void test_daemon_launch (TestDaemon *self);
int test_daemon_stop (TestDaemon *self);
void test_daemon_kill (TestDaemon *self);
void test_daemon_clear (TestDaemon *self);
GVariant *test_daemon_call (TestDaemon *self, const char *method, GVariant *parameters);
GVariant *test_daemon_get (TestDaemon *self, const char *property);
int test_daemon_open_injector (TestDaemon *self);
int test_daemon_connect (TestDaemon *self);
char *test_daemon_run (TestDaemon *self, int *status, const char *program,
                       ...) G_GNUC_NULL_TERMINATED;
guint test_daemon_count_descriptors (TestDaemon *self);
void test_daemon_check_descriptors (TestDaemon *self, guint expected);
gsize test_daemon_get_rss_bytes (TestDaemon *self);

G_END_DECLS
