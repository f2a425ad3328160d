/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * TestBrowser:
 *
 * A Chromium without a window and without a past, steered through chromedriver by the WebDriver
 * protocol.
 */
typedef struct
{
  GSubprocess *driver;   /* (owned) */
  SoupSession *http;     /* (owned): to the driver */
  char *session_address; /* (owned) */
} TestBrowser;

const char *test_browser_find_obstacle (void);
void test_browser_init (TestBrowser *self, const char *profile_folder);
void test_browser_open (TestBrowser *self, const char *url);
JsonNode *test_browser_run (TestBrowser *self, const char *script);
void test_browser_clear (TestBrowser *self);

G_END_DECLS
