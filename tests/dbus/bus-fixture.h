/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "dbus/lt-dbus-service.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define MANAGER "org.livetrace.Livetrace1.Manager"
#define ERRORS  "org.livetrace.Livetrace1.Error."

/**
 * TestBus:
 *
 * A dbus-daemon of its own that lets every user in, and a client on it.
 */
typedef struct
{
  GSubprocess *daemon;     /* (owned) */
  char *directory;         /* (owned): for files; removed with the bus */
  char *address;           /* (owned) */
  GDBusConnection *client; /* (owned) */
} TestBus;

/**
 * TestMakeConfiguration:
 * @directory: where the bus's socket, `bus`, shall be
 *
 * Returns: (transfer full): a configuration for dbus-daemon
 */
typedef char *(*TestMakeConfiguration) (const char *directory);

void test_bus_init (TestBus *self, TestMakeConfiguration make_configuration);
void test_bus_clear (TestBus *self);
GDBusConnection *test_bus_connect (TestBus *self);

/**
 * TestService:
 *
 * A service on a bus of its own, with all it needs.
 */
typedef struct
{
  TestBus bus;
  LtCatalogue *catalogue; /* (owned) */
  LtHub *hub;             /* (owned) */
  LtAccess *access;       /* (owned) */
  LtDbusService *service; /* (owned) */
} TestService;

void test_service_init (TestService *self, gboolean as_system_bus,
                        const LtDbusServiceLimits *limits);
void test_service_init_with_policy (TestService *self, TestMakeConfiguration make_configuration);
void test_service_clear (TestService *self);
LtEvent *test_service_peek (TestService *self, guint64 sequence);

GVariant *test_parse (const char *type, const char *text);
GVariant *test_call (GDBusConnection *client, const char *path, const char *interface,
                     const char *method, GVariant *parameters, GUnixFDList **fds, GError **error);
GVariant *test_call_manager (GDBusConnection *client, const char *method, GVariant *parameters,
                             GError **error);
void test_assert_error (GError *error, const char *name, const char *part_of_message);
int test_open (GDBusConnection *client, const char *method, GVariant *parameters, char **path);
char *test_read_line (int fd);

char *test_run (const char *const *argv, const char *const *environment, gboolean as_nobody,
                int *status);

void test_iterate_until (gboolean (*is_done) (gpointer), gpointer user_data);
guint test_count_fds (void);

G_END_DECLS
