/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-fixture.h"

#include <string.h>

#define FORWARDED "X-Forwarded-For: 203.0.113.5\r\nX-Forwarded-Proto: https\r\n"
#define JSON      "Content-Type: application/json\r\n"

static HttpAnswer *
sign_in (ApiFixture *fixture, const char *member, const char *secret)
{
  g_autofree char *body = g_strdup_printf ("{\"%s\":\"%s\"}", member, secret);

  return api_request (fixture, "POST", "/api/session", NULL, JSON, body);
}

static char *
get_cookie (const HttpAnswer *answer)
{
  g_autofree char *cookie = http_answer_dup_header (answer, "Set-Cookie");

  g_assert_nonnull (cookie);
  *strchr (cookie, ';') = '\0';
  return g_strdup_printf ("Cookie: %s\r\n", cookie);
}

static void
test_link (ApiFixture *fixture, gconstpointer data)
{
  g_autofree char *secret = lt_access_create_sign_in (fixture->access, LT_PERMISSION_ALL);
  g_autoptr (HttpAnswer) first = sign_in (fixture, "signIn", secret);
  g_autoptr (HttpAnswer) second = sign_in (fixture, "signIn", secret);
  g_autofree char *cookie = get_cookie (first);
  g_autoptr (HttpAnswer) who = NULL;
  g_autoptr (HttpAnswer) out = NULL;
  g_autoptr (HttpAnswer) gone = NULL;
  g_autofree char *cleared = NULL;

  api_assert_contains (first, 200,
                       "{\"label\":\"sign-in link\",\"by\":\"session\",\"permissions\":"
                       "[\"observe\",\"inject\",\"manage\"],\"expiresAt\":\"2");
  g_assert_null (strstr (first->body, secret));
  http_answer_assert_problem (second, 401, "unauthenticated");

  who = api_request (fixture, "GET", "/api/session", NULL, cookie, NULL);
  api_assert_contains (who, 200, "\"by\":\"session\"");
  out = api_request (fixture, "DELETE", "/api/session", NULL, cookie, NULL);
  g_assert_cmpuint (out->status, ==, 204);
  cleared = http_answer_dup_header (out, "Set-Cookie");
  g_assert_nonnull (strstr (cleared, "Max-Age=0"));
  gone = api_request (fixture, "GET", "/api/session", NULL, cookie, NULL);
  http_answer_assert_problem (gone, 401, "unauthenticated");
}

static void
test_token (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) in = sign_in (fixture, "token", fixture->observe);
  g_autofree char *cookie = get_cookie (in);
  g_autoptr (HttpAnswer) who = api_get (fixture, "/api/session", fixture->manage);
  g_autoptr (HttpAnswer) nobody = api_get (fixture, "/api/session", NULL);
  g_autoptr (HttpAnswer) again = NULL;
  g_autoptr (HttpAnswer) old = NULL;
  g_autoptr (HttpAnswer) revoked = NULL;
  g_autofree char *both = NULL;
  g_autofree char *new_cookie = NULL;

  api_assert_contains (in, 200, "{\"label\":\"watcher\",\"by\":\"session\"");
  api_assert_body (who, 200,
                   "{\"label\":\"chief\",\"by\":\"token\",\"permissions\":[\"manage\"],"
                   "\"expiresAt\":null}");
  http_answer_assert_problem (nobody, 401, "unauthenticated");

  /* Signing in again ends the session the browser had. */
  both = g_strconcat (JSON, cookie, NULL);
  {
    g_autofree char *body = g_strdup_printf ("{\"token\":\"%s\"}", fixture->observe);

    again = api_request (fixture, "POST", "/api/session", NULL, both, body);
  }
  new_cookie = get_cookie (again);
  g_assert_cmpstr (new_cookie, !=, cookie);
  old = api_request (fixture, "GET", "/api/session", NULL, cookie, NULL);
  http_answer_assert_problem (old, 401, "unauthenticated");

  g_assert_true (lt_access_revoke_token (fixture->access, fixture->observe_id, NULL));
  revoked = api_request (fixture, "GET", "/api/session", NULL, new_cookie, NULL);
  http_answer_assert_problem (revoked, 401, "unauthenticated");
}

static void
assert_refused (ApiFixture *fixture, const char *headers, const char *body, guint status,
                const char *code, const char *part)
{
  g_autoptr (HttpAnswer) answer
      = api_request (fixture, "POST", "/api/session", NULL, headers, body);

  http_answer_assert_problem (answer, status, code);
  g_assert_nonnull (strstr (answer->body, part));
}

static void
test_bodies (ApiFixture *fixture, gconstpointer data)
{
  assert_refused (fixture, JSON, "{}", 400, "invalid-argument", "signIn");
  assert_refused (fixture, JSON, "{\"token\":\"a\",\"signIn\":\"b\"}", 400, "invalid-argument",
                  "either");
  assert_refused (fixture, JSON, "{\"user\":\"a\"}", 400, "unknown-option", "user");
  assert_refused (fixture, JSON, "{\"token\":1}", 400, "invalid-argument", "token");
  assert_refused (fixture, JSON, "{\"token\":", 400, "invalid-json", "\"position\":");
  assert_refused (fixture, JSON, "[]", 400, "invalid-argument", "object");
  assert_refused (fixture, JSON, "", 400, "invalid-json", "detail");
  assert_refused (fixture, NULL, "{}", 415, "unsupported-media", "Content-Type");
  assert_refused (fixture, "Content-Type: text/plain\r\n", "{}", 415, "unsupported-media",
                  "application/json");
  assert_refused (fixture, JSON "Origin: https://evil.example\r\n", "{}", 403, "foreign-origin",
                  "detail");
}

static void
test_rate (ApiFixture *fixture, gconstpointer data)
{
  g_autofree char *retry_after = NULL;
  g_autoptr (HttpAnswer) answer = NULL;

  for (guint i = 0; i < LT_SIGN_IN_FAILURES; i++)
    {
      g_autoptr (HttpAnswer) wrong = sign_in (fixture, "token", "lt_wrong");

      http_answer_assert_problem (wrong, 401, "unauthenticated");
    }
  answer = sign_in (fixture, "token", fixture->observe);
  http_answer_assert_problem (answer, 429, "too-many");
  retry_after = http_answer_dup_header (answer, "Retry-After");
  g_assert_cmpuint (g_ascii_strtoull (retry_after, NULL, 10), >, 30);
}

static void
test_proxy (ApiFixture *fixture, gconstpointer data)
{
  static const char *const proxies[] = { "127.0.0.1", NULL };
  const char *const listen[] = { fixture->address, NULL };
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autofree char *body = g_strdup_printf ("{\"token\":\"%s\"}", fixture->observe);
  g_autoptr (HttpAnswer) untrusted
      = api_request (fixture, "POST", "/api/session", NULL, JSON FORWARDED, body);
  g_autoptr (HttpAnswer) trusted = NULL;
  g_autoptr (HttpAnswer) other = NULL;
  g_autofree char *plain_cookie = http_answer_dup_header (untrusted, "Set-Cookie");
  g_autofree char *cookie = NULL;

  g_assert_cmpuint (untrusted->status, ==, 200);
  g_assert_null (strstr (plain_cookie, "Secure"));

  settings.listen = listen;
  settings.trusted_proxies = proxies;
  g_assert_true (lt_http_server_configure (fixture->server, &settings, NULL));
  trusted = api_request (fixture, "POST", "/api/session", NULL, JSON FORWARDED, body);
  cookie = http_answer_dup_header (trusted, "Set-Cookie");
  g_assert_cmpuint (trusted->status, ==, 200);
  g_assert_nonnull (strstr (cookie, "; Secure"));

  /* Who fails behind the proxy does not shut the others out. */
  for (guint i = 0; i <= LT_SIGN_IN_FAILURES; i++)
    {
      g_autoptr (HttpAnswer) wrong = api_request (fixture, "POST", "/api/session", NULL,
                                                  JSON FORWARDED, "{\"token\":\"lt_x\"}");

      g_assert_cmpuint (wrong->status, ==, i < LT_SIGN_IN_FAILURES ? 401 : 429);
    }
  other = api_request (fixture, "POST", "/api/session", NULL,
                       JSON "X-Forwarded-For: 203.0.113.6\r\n", body);
  g_assert_cmpuint (other->status, ==, 200);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/api/session/link", ApiFixture, NULL, api_fixture_set_up, test_link,
              api_fixture_tear_down);
  g_test_add ("/api/session/token", ApiFixture, NULL, api_fixture_set_up, test_token,
              api_fixture_tear_down);
  g_test_add ("/api/session/bodies", ApiFixture, NULL, api_fixture_set_up, test_bodies,
              api_fixture_tear_down);
  g_test_add ("/api/session/rate", ApiFixture, NULL, api_fixture_set_up, test_rate,
              api_fixture_tear_down);
  g_test_add ("/api/session/proxy", ApiFixture, NULL, api_fixture_set_up, test_proxy,
              api_fixture_tear_down);
  return g_test_run ();
}
