/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/lt-http-accept.h"

static void
test_choose (void)
{
  static const char *const types[] = { "text/event-stream", "application/x-ndjson", NULL };
  static const struct
  {
    const char *accept;
    gssize chosen;
  } rows[] = {
    { NULL, 0 },
    { "", 0 },
    { "*/*", 0 },
    { "text/event-stream", 0 },
    { "TEXT/Event-Stream", 0 },
    { "text/*", 0 },
    { "application/x-ndjson", 1 },
    { "application/*", 1 },
    { "application/x-ndjson, */*;q=0.1", 1 },
    { "text/event-stream;q=0.5, application/x-ndjson", 1 },
    { "text/event-stream;q=0.5, application/x-ndjson;q=0.5", 0 },
    { "text/event-stream;q=0, */*", 1 },
    { "text/event-stream ; q=0 , application/x-ndjson ;q=0.001", 1 },
    { "text/html", -1 },
    { "*/*;q=0", -1 },
    { "text/event-stream;q=nan", -1 },
    { "text/event-stream;q=2", -1 },
    { "text", -1 },
    { ",,,", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].accept);
      g_assert_cmpint (lt_http_accept_choose (rows[i].accept, types), ==, rows[i].chosen);
    }
}

static void
test_language (void)
{
  static const char *const languages[] = { "en", "de", NULL };
  static const struct
  {
    const char *accept;
    const char *chosen;
  } rows[] = {
    { NULL, "en" },
    { "", "en" },
    { "de", "de" },
    { "DE-at", "de" },
    { "fr, de;q=0.5, en;q=0.3", "de" },
    { "en-GB,de;q=0.9", "en" },
    { "de;q=0, en", "en" },
    { "fr", "en" },
    { "*", "en" },
    { "deutsch", "en" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (lt_http_accept_language (rows[i].accept, languages), ==, rows[i].chosen);
}

static void
test_media_type (void)
{
  g_assert_true (lt_http_media_type_is ("application/json", "application/json"));
  g_assert_true (lt_http_media_type_is ("Application/JSON; charset=UTF-8", "application/json"));
  g_assert_true (
      lt_http_media_type_is ("application/json;charset=\"utf-8\"; x=y", "application/json"));
  g_assert_false (lt_http_media_type_is ("application/json; charset=latin1", "application/json"));
  g_assert_false (lt_http_media_type_is ("application/jsonx", "application/json"));
  g_assert_false (lt_http_media_type_is ("", "application/json"));
  g_assert_false (lt_http_media_type_is (NULL, "application/json"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-accept/choose", test_choose);
  g_test_add_func ("/http-accept/language", test_language);
  g_test_add_func ("/http-accept/media-type", test_media_type);
  return g_test_run ();
}
