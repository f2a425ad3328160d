/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/lt-ctl-event.h"

#include <string.h>

#define HEAD                                                                                       \
  "{\"id\":\"7c1fa2b0.1842\",\"createdAt\":\"2001-11-22T06:35:06.041377Z\",\"level\":\"debug\","   \
  "\"type\":\"smtp.start\",\"text\":\"It began\","

static char *
put (const char *json, gboolean verbose)
{
  const LtCtlEventView view = { .utc = TRUE, .verbose = verbose };
  g_autoptr (LtCtlEvent) event = lt_ctl_event_new_from_json (json, strlen (json));
  g_autoptr (LtCtlOutput) out = lt_ctl_output_new (-1, LT_CTL_COLOR_NEVER);

  g_assert_nonnull (event);
  lt_ctl_event_put (event, &view, out);
  return g_strdup (out->buffer->str);
}

static void
test_read (void)
{
  static const char json[] = HEAD "\"details\":\"d\",\"span\":\"start\","
                                  "\"data\":{\"to\":[\"a\",\"b\"],\"n\":5},\"backfill\":true}";
  g_autoptr (LtCtlEvent) event = lt_ctl_event_new_from_json (json, strlen (json));
  g_autofree char *to = lt_ctl_event_dup_value (event, "to");
  g_autofree char *n = lt_ctl_event_dup_value (event, "n");

  g_assert_null (event->control);
  g_assert_cmpstr (event->id, ==, "7c1fa2b0.1842");
  g_assert_cmpuint (event->sequence, ==, 1842);
  g_assert_cmpstr (event->level, ==, "debug");
  g_assert_cmpstr (event->type, ==, "smtp.start");
  g_assert_cmpstr (event->text, ==, "It began");
  g_assert_cmpstr (event->details, ==, "d");
  g_assert_cmpstr (event->role, ==, "start");
  g_assert_cmpint (event->created_at_us, ==, G_GINT64_CONSTANT (1006410906041377));
  g_assert_true (event->backfill);
  g_assert_cmpstr (to, ==, "a,b");
  g_assert_cmpstr (n, ==, "5");
  g_assert_null (lt_ctl_event_dup_value (event, "none"));
}

static void
test_control (void)
{
  static const char json[] = "{\"control\":\"gap\",\"id\":\"a.1\",\"dropped\":null}";
  g_autoptr (LtCtlEvent) event = lt_ctl_event_new_from_json (json, strlen (json));

  g_assert_cmpstr (event->control, ==, "gap");
  g_assert_cmpstr (event->id, ==, "a.1");
}

static void
test_bad (void)
{
  static const char *const cases[] = { "", "[]", "1", "{\"id\":", "{\"id\":\"a.1\",\"te" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_null (lt_ctl_event_new_from_json (cases[i], strlen (cases[i])));
}

/* Members of the wrong type are as absent. */
static void
test_odd (void)
{
  g_autofree char *line = put (
      "{\"id\":5,\"level\":[],\"type\":{},\"text\":null,\"data\":[1],\"createdAt\":1}", TRUE);

  g_assert_cmpstr (line, ==, "1970-01-01 00:00:00.000000Z\n");
}

static void
test_put (void)
{
  static const struct
  {
    const char *json;
    gboolean verbose;
    const char *rest;
  } cases[] = {
    { HEAD "\"data\":{}}", FALSE, " debug smtp.start It began\n" },
    { HEAD "\"details\":\"so\",\"data\":{}}", FALSE, " debug smtp.start It began (so)\n" },
    { HEAD "\"data\":{},\"backfill\":true}", FALSE, "~debug smtp.start It began\n" },
    { HEAD "\"data\":{\"spanId\":\"s\",\"localPort\":25,\"to\":\"j\",\"from\":\"k l\"}}", FALSE,
      " debug smtp.start It began from=\"k l\" to=j spanId=s\n" },
    { HEAD "\"data\":{\"spanId\":\"s\",\"localPort\":25,\"to\":\"j\",\"from\":\"k l\"}}", TRUE,
      " debug smtp.start It began spanId=s localPort=25 to=j from=\"k l\"\n" },
    { HEAD "\"data\":{\"a\":1,\"b\":2.5,\"c\":true,\"d\":\"\",\"e\":5}}", FALSE,
      " debug smtp.start It began a=1 b=2.5 c=true d=\"\"\n" },
    { HEAD "\"data\":{\"e\":{\"type\":\"x\",\"data\":{}}}}", FALSE,
      " debug smtp.start It began e={\"type\":\"x\",\"data\":{}}\n" },
    { HEAD "\"data\":{\"reason\":\"a\\\"\\\\b=\\u001b[0m\\u202e\\n\"}}", FALSE,
      " debug smtp.start It began reason=\"a\\\"\\\\b=\\u001b[0m\\u202e\\n\"\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = put (cases[i].json, cases[i].verbose);
      g_autofree char *expected = g_strdup_printf ("2001-11-22 06:35:06.041377Z%s", cases[i].rest);

      g_assert_cmpstr (line, ==, expected);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-event/read", test_read);
  g_test_add_func ("/ctl-event/control", test_control);
  g_test_add_func ("/ctl-event/bad", test_bad);
  g_test_add_func ("/ctl-event/odd", test_odd);
  g_test_add_func ("/ctl-event/put", test_put);
  return g_test_run ();
}
