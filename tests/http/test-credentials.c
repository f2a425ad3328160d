/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may do what: every route with every permission, and what counts as a credential. */
#include "api-fixture.h"

#include <string.h>

typedef struct
{
  const char *method;
  const char *target;
  const char *body; /* (nullable) */
  LtPermissions needs;
} Row;

static const Row rows[] = {
  { "HEAD", "/api/tracing/live", NULL, LT_PERMISSION_OBSERVE },
  { "HEAD", "/api/telemetry/traces/live", NULL, LT_PERMISSION_OBSERVE },
  { "GET", "/api/tracing/live?nonsense=1", NULL, LT_PERMISSION_OBSERVE },
  { "GET", "/api/telemetry/traces/live?nonsense=1", NULL, LT_PERMISSION_OBSERVE },
  { "GET", "/api/tracing/events", NULL, LT_PERMISSION_OBSERVE },
  { "GET", "/api/tracing/spans/1", NULL, LT_PERMISSION_OBSERVE },
  { "POST", "/api/tracing/events", "{}", LT_PERMISSION_INJECT },
  { "GET", "/api/tracing/filter", NULL, LT_PERMISSION_OBSERVE },
  { "GET", "/api/tracing/catalogue", NULL, LT_PERMISSION_OBSERVE },
  { "GET", "/api/tracing/keys", NULL, LT_PERMISSION_OBSERVE },
  { "GET", "/api/tracing/status", NULL, LT_PERMISSION_OBSERVE },
  { "GET", "/api/tracing/sources", NULL, LT_PERMISSION_OBSERVE },
  { "GET", "/api/tracing/subscribers", NULL, LT_PERMISSION_MANAGE },
  { "GET", "/api/tracing/subscribers/1", NULL, LT_PERMISSION_MANAGE },
  { "DELETE", "/api/tracing/subscribers/1", NULL, LT_PERMISSION_MANAGE },
  { "GET", "/api/tracing/levels", NULL, LT_PERMISSION_MANAGE },
  { "GET", "/api/tracing/levels/%2A", NULL, LT_PERMISSION_MANAGE },
  { "PUT", "/api/tracing/levels/x.%2A", "{}", LT_PERMISSION_MANAGE },
  { "DELETE", "/api/tracing/levels/x.%2A", NULL, LT_PERMISSION_MANAGE },
  { "GET", "/api/tokens", NULL, LT_PERMISSION_MANAGE },
  { "POST", "/api/tokens", "{}", LT_PERMISSION_MANAGE },
  { "GET", "/api/tokens/1", NULL, LT_PERMISSION_MANAGE },
  { "DELETE", "/api/tokens/1", NULL, LT_PERMISSION_MANAGE },
  { "POST", "/api/tracing/ticket", "", LT_PERMISSION_OBSERVE },
  { "GET", "/api/telemetry/live/tracing-token", NULL, LT_PERMISSION_OBSERVE },
  { "GET", "/metrics", NULL, LT_PERMISSION_OBSERVE },
  { "GET", "/healthz", NULL, LT_PERMISSION_NONE },
  { "GET", "/", NULL, LT_PERMISSION_NONE },
};

static void
assert_row (ApiFixture *fixture, const Row *row, const char *token, LtPermissions has)
{
  const char *type = row->body != NULL ? "Content-Type: application/json\r\n" : NULL;
  g_autoptr (HttpAnswer) answer
      = api_request (fixture, row->method, row->target, token, type, row->body);

  g_test_message ("%s %s with %d: %u", row->method, row->target, has, answer->status);
  g_assert_cmpuint (answer->status, !=, 0);
  if (row->needs == LT_PERMISSION_NONE || (has & row->needs) != 0)
    {
      g_assert_cmpuint (answer->status, !=, 401);
      g_assert_cmpuint (answer->status, !=, 403);
      g_assert_cmpuint (answer->status, !=, 405);
      g_assert_cmpuint (answer->status, <, 500);
      return;
    }

  g_assert_cmpuint (answer->status, ==, has != 0 ? 403 : 401);
  if (!g_str_equal (row->method, "HEAD"))
    http_answer_assert_problem (answer, has != 0 ? 403 : 401,
                                has != 0 ? "denied" : "unauthenticated");
}

static void
test_matrix (ApiFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      assert_row (fixture, &rows[i], NULL, LT_PERMISSION_NONE);
      assert_row (fixture, &rows[i], "lt_wrong", LT_PERMISSION_NONE);
      assert_row (fixture, &rows[i], fixture->observe, LT_PERMISSION_OBSERVE);
      assert_row (fixture, &rows[i], fixture->inject, LT_PERMISSION_INJECT);
      assert_row (fixture, &rows[i], fixture->manage, LT_PERMISSION_MANAGE);
    }
}

static void
test_methods (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) patch
      = api_request (fixture, "PATCH", "/api/tokens", fixture->manage, NULL, "{}");
  g_autoptr (HttpAnswer) none = api_get (fixture, "/api/nothing", fixture->manage);
  g_autoptr (HttpAnswer) slash = api_get (fixture, "/api/tracing/status/", fixture->observe);
  g_autoptr (HttpAnswer) icon = api_get (fixture, "/favicon.ico", NULL);
  g_autofree char *allow = http_answer_dup_header (patch, "Allow");

  http_answer_assert_problem (patch, 405, "method-not-allowed");
  g_assert_nonnull (strstr (allow, "GET"));
  g_assert_nonnull (strstr (allow, "HEAD"));
  g_assert_nonnull (strstr (allow, "POST"));
  http_answer_assert_problem (none, 404, "not-found");
  http_answer_assert_problem (slash, 404, "not-found");
  http_answer_assert_problem (icon, 404, "not-found");
}

static void
test_scheme (ApiFixture *fixture, gconstpointer data)
{
  g_autofree char *lower = g_strdup_printf ("Authorization: bearer   %s \r\n", fixture->observe);
  g_autofree char *basic = g_strdup_printf ("Authorization: Basic %s\r\n", fixture->observe);
  g_autoptr (HttpAnswer) good
      = api_request (fixture, "GET", "/api/tracing/filter", NULL, lower, NULL);
  g_autoptr (HttpAnswer) bad
      = api_request (fixture, "GET", "/api/tracing/filter", NULL, basic, NULL);
  g_autofree char *challenge = http_answer_dup_header (bad, "WWW-Authenticate");

  g_assert_cmpuint (good->status, ==, 200);
  http_answer_assert_problem (bad, 401, "unauthenticated");
  g_assert_cmpstr (challenge, ==, "Bearer");
}

static char *
sign_in (ApiFixture *fixture, const char *token)
{
  g_autofree char *body = g_strdup_printf ("{\"token\":\"%s\"}", token);
  g_autoptr (HttpAnswer) answer = api_request (fixture, "POST", "/api/session", NULL,
                                               "Content-Type: application/json\r\n", body);
  g_autofree char *cookie = http_answer_dup_header (answer, "Set-Cookie");
  g_autofree char *prefix = g_strdup_printf ("livetrace-%s=", fixture->port);
  char *end;

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_true (g_str_has_prefix (cookie, prefix));
  g_assert_nonnull (strstr (cookie, "; Path=/"));
  g_assert_nonnull (strstr (cookie, "; HttpOnly"));
  g_assert_nonnull (strstr (cookie, "; SameSite=Strict"));
  g_assert_nonnull (strstr (cookie, "; Max-Age=6047")); /* 7 days, or a moment less */
  g_assert_null (strstr (cookie, "; Secure"));
  end = strchr (cookie, ';');
  *end = '\0';
  return g_strdup_printf ("Cookie: %s\r\n", cookie);
}

static void
assert_cookie (ApiFixture *fixture, const char *method, const char *target, const char *cookie,
               const char *more, guint status)
{
  g_autofree char *headers = g_strconcat (cookie, more, NULL);
  g_autoptr (HttpAnswer) answer = api_request (fixture, method, target, NULL, headers,
                                               g_str_equal (method, "POST") ? "" : NULL);

  g_test_message ("%s %s with %s: %u", method, target, more, answer->status);
  g_assert_cmpuint (answer->status, ==, status);
}

static void
test_cookie (ApiFixture *fixture, gconstpointer data)
{
  g_autofree char *cookie = sign_in (fixture, fixture->observe);
  g_autofree char *own = g_strdup_printf ("Origin: http://%s\r\n", fixture->address);
  g_autofree char *other_port = g_strdup ("Origin: http://127.0.0.1:1\r\n");
  g_autofree char *other_name = g_strdup_printf ("Cookie: livetrace-1%s\r\n", strchr (cookie, '='));
  const char *target = "/api/tracing/filter";

  assert_cookie (fixture, "GET", target, cookie, "", 200);
  assert_cookie (fixture, "GET", target, cookie, own, 200);
  assert_cookie (fixture, "GET", target, cookie, "Sec-Fetch-Site: none\r\n", 200);
  assert_cookie (fixture, "GET", target, cookie, "Sec-Fetch-Site: same-origin\r\n", 200);
  assert_cookie (fixture, "GET", target, cookie, "Sec-Fetch-Site: same-site\r\n", 401);
  assert_cookie (fixture, "GET", target, cookie, "Sec-Fetch-Site: cross-site\r\n", 401);
  assert_cookie (fixture, "GET", target, cookie, other_port, 401);
  assert_cookie (fixture, "GET", target, cookie, "Origin: https://evil.example\r\n", 401);
  assert_cookie (fixture, "GET", target, cookie, "Origin: null\r\n", 401);
  assert_cookie (fixture, "HEAD", "/api/tracing/live", cookie, other_port, 401);
  assert_cookie (fixture, "POST", "/api/tracing/ticket", cookie, own, 200);
  assert_cookie (fixture, "POST", "/api/tracing/ticket", cookie, "Sec-Fetch-Site: same-site\r\n",
                 401);
  assert_cookie (fixture, "POST", "/api/tracing/ticket", cookie, other_port, 403);
  assert_cookie (fixture, "GET", target, other_name, "", 401);

  /* A token says nothing of pages: it counts from anywhere. */
  {
    g_autoptr (HttpAnswer) answer
        = api_request (fixture, "GET", target, fixture->observe, other_port, NULL);

    g_assert_cmpuint (answer->status, ==, 200);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/api/access/matrix", ApiFixture, NULL, api_fixture_set_up, test_matrix,
              api_fixture_tear_down);
  g_test_add ("/api/access/methods", ApiFixture, NULL, api_fixture_set_up, test_methods,
              api_fixture_tear_down);
  g_test_add ("/api/access/scheme", ApiFixture, NULL, api_fixture_set_up, test_scheme,
              api_fixture_tear_down);
  g_test_add ("/api/access/cookie", ApiFixture, NULL, api_fixture_set_up, test_cookie,
              api_fixture_tear_down);
  return g_test_run ();
}
