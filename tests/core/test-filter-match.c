/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "core/lt-filter.h"
#include "filter-fixture.h"

#include <string.h>

/* The span of the event begins with this; its address is overridden by the event's own. */
static const char start_json[]
    = "{\"type\":\"smtp.connection-start\",\"level\":\"debug\",\"text\":\"Hello from the start\","
      "\"details\":\"startdetails\",\"data\":{"
      "\"remoteIp\":\"172.16.5.4\",\"localPort\":25,\"hostname\":\"Mail.Example.NET\","
      "\"spanId\":\"18469\",\"helo\":\"client.example.com\",\"peers\":[\"10.9.9.9\",\"ns1\"]}}";

static const char event_json[]
    = "{\"type\":\"delivery.delivered\",\"createdAt\":\"2026-11-22T06:35:06.041377Z\","
      "\"level\":\"warn\",\"text\":\"Message delivered to Jane\","
      "\"details\":\"250 2.0.0 Ok: queued\",\"span\":\"end\",\"data\":{"
      "\"to\":[\"jane@example.org\",\"Bob@Example.NET\"],\"from\":\"bounce+42@example.org\","
      "\"size\":10240,\"elapsed\":1500,\"tls\":true,\"strict\":false,"
      "\"remoteIp\":\"192.168.1.1\",\"queueId\":\"4ZK1\",\"domain\":\"Example.org\","
      "\"total\":18446744073709551615,\"code\":-5,\"ratio\":0.25,"
      "\"expires\":\"2026-12-01T00:00:00Z\",\"contents\":\"aGVsbG8=\",\"spanId\":\"18469\","
      "\"remotePort\":2525,\"list\":[1,2.5,true,\"xyz\",[\"deep\",9007199254740993]],"
      "\"ips\":[\"10.0.0.1\",\"2001:db8::1\"],"
      "\"reason\":{\"type\":\"dns.lookup-error\",\"level\":\"error\",\"text\":\"No such domain\","
      "\"details\":\"nxdomain\",\"data\":{\"hostname\":\"mx.inner.test\",\"attempt\":3,"
      "\"cause\":{\"type\":\"net.down\",\"text\":\"Cable cut\"}}},"
      "\"mixed\":[{\"type\":\"a.b\",\"text\":\"in a list\",\"data\":{\"k\":\"v\"}},\"after\"],"
      "\"empty\":[],\"nothing\":\"\",\"note\":\"\xc3\x84RGER mit Stra\xc3\x9f"
      "e\","
      "\"queueTime\":\"5\",\"type\":\"inner-type\",\"limit\":7,\"level\":\"high\",\"key\":\"k1\","
      "\"text\":\"inner text\",\"strange\":\"a=b \\\"quoted\\\" c:\\\\path, *\","
      "\"big\":9007199254740993,\"whole\":2.0,\"v6\":\"2001:0DB8::00AA\"}}";

typedef struct
{
  const char *filter;
  gboolean matches;
} MatchRow;

static const MatchRow text_rows[] = {
  { "", TRUE },
  /* text anywhere */
  { "jane", TRUE },
  { "JANE", TRUE },
  { "delivered", TRUE },
  { "\"message delivered\"", TRUE },
  { "\"message  delivered\"", FALSE },
  { "delivery.deli", TRUE },
  { "warn", TRUE },
  { "fatal", FALSE },
  { "queued", TRUE },
  { "\"Ok: queued\"", TRUE },
  { "bounce+42", TRUE },
  { "10240", TRUE },
  { "024", TRUE },
  { "10241", FALSE },
  { "18446744073709551615", TRUE },
  { "0.25", TRUE },
  { "true", TRUE },
  { "false", TRUE },
  { "192.168.1.1", TRUE },
  { "168.1", TRUE },
  { "2026-12-01", TRUE },
  { "agvsbg8", TRUE },
  { "xyz", TRUE },
  { "deep", TRUE },
  { "bob@example.net", TRUE },
  { "\"no such domain\"", TRUE },
  { "dns.lookup", TRUE },
  { "nxdomain", TRUE },
  { "mx.inner.test", TRUE },
  { "\"cable cut\"", TRUE },
  { "net.down", TRUE },
  { "\"in a list\"", TRUE },
  { "\xc3\xa4rger", TRUE },
  { "\xc3\x84RGER", TRUE },
  { "stra\xc3\x9f"
    "e",
    TRUE },
  { "strasse", FALSE },
  { "client.example.com", TRUE },
  { "mail.example.net", TRUE },
  { "10.9.9.9", TRUE },
  { "172.16.5.4", FALSE },
  { "startdetails", FALSE },
  { "\"hello from\"", FALSE },
  { "connection-start", FALSE },
  { "\"org bob\"", FALSE },
  { "remoteIp", FALSE },
  { "\"a=b\"", TRUE },
  { "a=b", TRUE },
  { "\"\\\"quoted\\\"\"", TRUE },
  { "\"c:\\\\path\"", TRUE },
  { "\"*\"", TRUE },
  { "jane delivered", TRUE },
  { "jane missing", FALSE },
  { "-missing", TRUE },
  { "-jane", FALSE },
  { "-jane delivered", FALSE },
  { "-\"two words\"", TRUE },
  /* strings */
  { "from:bounce", TRUE },
  { "from:BOUNCE", TRUE },
  { "from:jane", FALSE },
  { "from:42@example.org", TRUE },
  { "from:=bounce+42@example.org", TRUE },
  { "from:=BOUNCE+42@Example.ORG", TRUE },
  { "from:=bounce", FALSE },
  { "-from:bounce", FALSE },
  { "-from:jane", TRUE },
  { "-from:=bounce", TRUE },
  { "domain:example.org", TRUE },
  { "domain:=example.org", TRUE },
  { "domain:=example", FALSE },
  { "queue-id:4zk1", TRUE },
  { "QUEUEID:4zk", TRUE },
  { "spanId:18469", TRUE },
  { "spanId:184", TRUE },
  { "spanId:=184", FALSE },
  { "spanId:=18469", TRUE },
  { "strange:\"\\\"quoted\\\"\"", TRUE },
  { "strange:\"c:\\\\path\"", TRUE },
  { "strange:c:\\path", TRUE },
  { "strange:\"=b\"", TRUE },
  { "strange:\"*\"", TRUE },
  { "strange:*", TRUE },
  { "strange:=*", FALSE },
  { "strange:path,", TRUE },
  { "note:\xc3\xa4rger", TRUE },
  { "note:=\"\xc3\x84rger MIT stra\xc3\x9f"
    "e\"",
    TRUE },
  { "queueTime:5", TRUE },
  { "queueTime:=5", TRUE },
  { "queueTime:>4", FALSE },
  { "contents:agvs", TRUE },
  { "contents:=aGVsbG8=", TRUE },
  { "nothing:*", TRUE },
  { "nothing:x", FALSE },
  /* numbers */
  { "size:10240", TRUE },
  { "size:1024", FALSE },
  { "size:=10240", TRUE },
  { "size:10KiB", TRUE },
  { "size:10KB", FALSE },
  { "size:10240.0", TRUE },
  { "size:10240.5", FALSE },
  { "size:big", FALSE },
  { "-size:big", TRUE },
  { "size:>10239", TRUE },
  { "size:>10240", FALSE },
  { "size:>=10240", TRUE },
  { "size:>=10KB", TRUE },
  { "size:>=10KiB", TRUE },
  { "size:>10KiB", FALSE },
  { "size:<11KB", TRUE },
  { "size:<10KB", FALSE },
  { "size:<=10240", TRUE },
  { "size:<10240.5", TRUE },
  { "size:>10239.5", TRUE },
  { "-size:>10240", TRUE },
  { "-size:>1", FALSE },
  { "size:>10KB size:<11KB", TRUE },
  { "size:>10KB size:<10200", FALSE },
  { "size:10240 size:5", TRUE },
  { "size:4 size:5", FALSE },
  { "code:-5", TRUE },
  { "code:5", FALSE },
  { "code:<0", TRUE },
  { "code:>-6", TRUE },
  { "code:<-5.5", FALSE },
  { "ratio:0.25", TRUE },
  { "ratio:25e-2", TRUE },
  { "ratio:<0.5", TRUE },
  { "ratio:>0", TRUE },
  { "ratio:>1", FALSE },
  { "total:18446744073709551615", TRUE },
  { "total:18446744073709551614", FALSE },
  { "total:>18446744073709551614", TRUE },
  { "total:>=18446744073709551615", TRUE },
  { "total:<1e30", TRUE },
  { "total:>5", TRUE },
  { "big:9007199254740993", TRUE },
  { "big:9007199254740992", FALSE },
  { "big:>9007199254740992", TRUE },
  { "big:>9007199254740992.0", TRUE },
  { "big:<9007199254740994.0", TRUE },
  { "whole:2", TRUE },
  { "whole:<=2", TRUE },
  { "whole:<2", FALSE },
  { "elapsed:1500", TRUE },
  { "elapsed:1.5s", TRUE },
  { "elapsed:1500ms", TRUE },
  { "elapsed:<2s", TRUE },
  { "elapsed:>1s", TRUE },
  { "elapsed:>1m", FALSE },
  { "elapsed:<1h", TRUE },
  { "elapsed:<1d", TRUE },
  { "limit:7", TRUE },
  { "remote-port:25", FALSE },
  { "remote-port:2525", TRUE },
  /* booleans */
  { "tls:true", TRUE },
  { "tls:TRUE", TRUE },
  { "tls:=true", TRUE },
  { "tls:false", FALSE },
  { "tls:tru", FALSE },
  { "tls:1", FALSE },
  { "strict:false", TRUE },
  { "-strict:true", TRUE },
  { "strict:*", TRUE },
  /* addresses */
  { "remote-ip:192.168.1.1", TRUE },
  { "remote-ip:192.168.1.", TRUE },
  { "remote-ip:192.168.", TRUE },
  { "remote-ip:192.", TRUE },
  { "remote-ip:192.168.1.0/24", TRUE },
  { "remote-ip:192.168.1.77/24", TRUE },
  { "remote-ip:192.168.0.0/16", TRUE },
  { "remote-ip:10.0.0.0/8", FALSE },
  { "remote-ip:0.0.0.0/0", TRUE },
  { "remote-ip:192.168.1.1/32", TRUE },
  { "remote-ip:192.168.1.0/31", TRUE },
  { "remote-ip:192.168.1.2/31", FALSE },
  { "remote-ip:192.168.1.2", FALSE },
  { "remote-ip:92.168.1.1", FALSE },
  { "remote-ip:168.", FALSE },
  { "remote-ip:::ffff:192.168.1.1", TRUE },
  { "remote-ip:172.16.5.4", FALSE },
  { "-remote-ip:172.16.5.4", TRUE },
  { "remote-ip:=192.168.1.1", TRUE },
  { "remote-ip:=192.168.1.", FALSE },
  { "remote-ip:=192.168.1.0/24", FALSE },
  { "remote-ip:~^192", TRUE },
  { "remote-ip:~^168", FALSE },
  { "remote-ip:192.168", TRUE },
  { "remote-ip:*", TRUE },
  { "remote-ip:2001:db8:", FALSE },
  { "-remote-ip:192.168.0.0/16", FALSE },
  { "remote-ip:10.0.0.0/8 remote-ip:192.168.0.0/16", TRUE },
  { "remote-ip:>5", FALSE },
  { "v6:2001:db8::aa", FALSE },
  { "v6:2001:0db8::00aa", TRUE },
  /* times */
  { "expires:2026-12", TRUE },
  { "expires:2026-11", FALSE },
  { "expires:=2026-12-01T00:00:00Z", TRUE },
  { "expires:=2026-12-01T01:00:00+01:00", TRUE },
  { "expires:=2026-12-01T01:00:00Z", FALSE },
  { "expires:>2026-11-30T23:59:59Z", TRUE },
  { "expires:>=2026-12-01T01:00:00+01:00", TRUE },
  { "expires:<2026-12-01T00:00:00Z", FALSE },
  { "expires:>-1000d", TRUE },
  { "expires:~^2026", TRUE },
  /* lists */
  { "to:jane", TRUE },
  { "to:bob@example.net", TRUE },
  { "to:=BOB@example.net", TRUE },
  { "to:=bob", FALSE },
  { "to:carol", FALSE },
  { "-to:bob", FALSE },
  { "to:carol to:bob", TRUE },
  { "to:carol to:dave", FALSE },
  { "to:jane -to:bob", FALSE },
  { "to:~^bob@", TRUE },
  { "to:~^example", FALSE },
  { "to:orgbob", FALSE },
  { "list:1", TRUE },
  { "list:2.5", TRUE },
  { "list:2", FALSE },
  { "list:true", TRUE },
  { "list:xyz", TRUE },
  { "list:deep", TRUE },
  { "list:9007199254740993", TRUE },
  { "list:9007199254740992", FALSE },
  { "list:>9007199254740992", TRUE },
  { "list:>2", TRUE },
  { "list:<1", FALSE },
  { "list:*", TRUE },
  { "list:~^x", TRUE },
  { "list:~^2\\.5$", TRUE },
  { "empty:*", TRUE },
  { "empty:x", FALSE },
  { "-empty:x", TRUE },
  { "mixed:after", TRUE },
  { "mixed:v", FALSE },
  { "mixed:\"in a list\"", FALSE },
  { "ips:2001:db8::1", TRUE },
  /* nested events */
  { "reason:*", TRUE },
  { "reason:domain", FALSE },
  { "-reason:domain", TRUE },
  { "reason:~.", FALSE },
  { "attempt:3", FALSE },
  { "hostname:mx.inner.test", FALSE },
  /* keys of the span's start */
  { "hostname:mail.example.net", TRUE },
  { "hostname:=MAIL.example.net", TRUE },
  { "local-port:25", TRUE },
  { "local-port:<26", TRUE },
  { "helo:client", TRUE },
  { "-helo:client", FALSE },
  { "peers:ns1", TRUE },
  { "peers:10.9.9.9", TRUE },
  { "peers:10.9.9.8", FALSE },
  { "peers:~^ns\\d$", TRUE },
  /* presence */
  { "to:*", TRUE },
  { "status:*", FALSE },
  { "-status:*", TRUE },
  { "-to:*", FALSE },
  { "key.never-seen:*", FALSE },
  { "-key.never-seen:x", TRUE },
  { "-key.never-seen:>5", TRUE },
  /* regular expressions */
  { "from:~^bounce\\+", TRUE },
  { "from:~^BOUNCE", TRUE },
  { "from:~^ounce", FALSE },
  { "from:~ounce", TRUE },
  { "from:~org$", TRUE },
  { "from:~^x|org$", TRUE },
  { "from:~(\\d)(\\d)@", TRUE },
  { "from:~(.)\\1", FALSE },
  { "from:~(?x)bounce # the start", FALSE },
  { "from:~\"(?x) ^ bounce # the start\"", TRUE },
  { "from:~\\Qbounce+", TRUE },
  { "from:~(?<=bounce)\\+", TRUE },
  { "from:~(?<!bounce)\\+", FALSE },
  { "from:~\\bexample\\b", TRUE },
  { "-from:~^bounce", FALSE },
  { "-from:~^x", TRUE },
  { "size:~^10", TRUE },
  { "size:~^102$", FALSE },
  { "tls:~^t", TRUE },
  { "ratio:~^0\\.25$", TRUE },
  { "note:~^\xc3\xa4rger", TRUE },
  { "note:~^.rger", TRUE },
  { "note:~^\\w+\\s", TRUE },
  /* the event's own fields */
  { "type:delivery.delivered", TRUE },
  { "type:=delivery.delivered", TRUE },
  { "type:delivery.*", TRUE },
  { "type:*.delivered", TRUE },
  { "type:*", TRUE },
  { "type:delivery.deliver??", TRUE },
  { "type:delivery.deliver?", FALSE },
  { "type:delivery", FALSE },
  { "type:*very*", TRUE },
  { "type:smtp.*", FALSE },
  { "type:smtp.*,delivery.*", TRUE },
  { "type:smtp.*,queue.*", FALSE },
  { "-type:smtp.*,queue.*", TRUE },
  { "-type:smtp.*,delivery.*", FALSE },
  { "type:smtp.* type:delivery.*", TRUE },
  { "type:~deliver.*d$", TRUE },
  { "type:~^deliver$", FALSE },
  { "type:inner-type", FALSE },
  { "key.type:inner", TRUE },
  { "key.type:delivery", FALSE },
  { "level:warn", TRUE },
  { "level:error", FALSE },
  { "level:info", TRUE },
  { "level:trace", TRUE },
  { "level:=warn", TRUE },
  { "level:=info", FALSE },
  { "level:=info level:=warn", TRUE },
  { "level:info level:error", FALSE },
  { "-level:error", TRUE },
  { "-level:warn", FALSE },
  { "-level:=warn", FALSE },
  { "key.level:high", TRUE },
  { "text:delivered", TRUE },
  { "text:=\"message delivered to jane\"", TRUE },
  { "text:=delivered", FALSE },
  { "text:queued", FALSE },
  { "text:inner", FALSE },
  { "key.text:inner", TRUE },
  { "text:~jane$", TRUE },
  { "text:*", TRUE },
  { "-text:jane", FALSE },
  { "span:end", TRUE },
  { "span:start", FALSE },
  { "span:*", TRUE },
  { "-span:start", TRUE },
  { "span:start span:end", TRUE },
  { "createdAt:>=2026-11-22T06:35:06Z", TRUE },
  { "createdAt:>2026-11-22T06:35:06.041377Z", FALSE },
  { "createdAt:>=2026-11-22T06:35:06.041377Z", TRUE },
  { "createdAt:<2026-11-22T06:35:07Z", TRUE },
  { "createdAt:>2026-11-22T06:00:00Z createdAt:<2026-11-22T07:00:00Z", TRUE },
  { "createdAt:<1999-01-01T00:00:00Z", FALSE },
  { "-createdAt:<1999-01-01T00:00:00Z", TRUE },
  /* several */
  { "type:delivery.* to:jane level:info -from:carol size:>1KB delivered", TRUE },
  { "type:delivery.* to:jane level:info -from:bounce size:>1KB delivered", FALSE },
};

static const MatchRow query_rows[] = {
  { "", TRUE },
  { "filter=jane", TRUE },
  { "filter=carol", FALSE },
  { "filter=message+delivered", TRUE },
  { "filter=Ok%3A+queued", TRUE },
  { "filter=Ok:+queued", TRUE },
  { "filter!=carol", TRUE },
  { "filter!=jane", FALSE },
  { "filter=jane&filter=delivered", TRUE },
  { "filter=jane&filter=carol", FALSE },
  { "filter=remote-ip=192.168.1.1", TRUE },
  { "filter=remote-ip:192.168.", TRUE },
  { "filter=remote-ip=192.168.1.2", FALSE },
  { "filter!=remote-ip=192.168.1.2", TRUE },
  { "filter=a=b", TRUE },
  { "filter=%22quoted%22", TRUE },
  { "filter=*", TRUE },
  { "filter=-jane", FALSE },
  { "to=jane", TRUE },
  { "to=jane@example.org", TRUE },
  { "to=carol&to=bob", TRUE },
  { "to=carol&to==bob%40example.net", TRUE },
  { "to=carol&to~=^bob", TRUE },
  { "to=jane&from=carol", FALSE },
  { "to=jane&from=bounce", TRUE },
  { "to==jane", FALSE },
  { "to!=carol", TRUE },
  { "to!=jane", FALSE },
  { "to!=carol&to!=bob", FALSE },
  { "to!==jane", TRUE },
  { "to!~=^jane", FALSE },
  { "to=*", TRUE },
  { "to!=*", FALSE },
  { "status!=*", TRUE },
  { "status=*", FALSE },
  { "status!=sent", TRUE },
  { "from=bounce%2B42", TRUE },
  { "from=bounce+42", FALSE },
  { "from~=^bounce%5C%2B", TRUE },
  { "size>=10KB", TRUE },
  { "size%3E%3D10KB", TRUE },
  { "size>11KB", FALSE },
  { "size<11KB&size>10KB", TRUE },
  { "elapsed<2s", TRUE },
  { "remote-ip=192.168.0.0/16", TRUE },
  { "remote-ip=192.168.0.0%2F16", TRUE },
  { "remote-ip!=192.168.0.0/16", FALSE },
  { "REMOTE_IP=192.", TRUE },
  { "type=delivery.*", TRUE },
  { "type=smtp.*,delivery.*", TRUE },
  { "type=smtp.*&type=delivery.*", TRUE },
  { "type!=smtp.*,queue.*", TRUE },
  { "key.type=inner-type", TRUE },
  { "key.limit=7", TRUE },
  { "limit=8", TRUE },
  { "level=warn", TRUE },
  { "level==info", FALSE },
  { "span=end", TRUE },
  { "text=delivered", TRUE },
  { "strange=%22quoted%22", TRUE },
  { "strange=a%3Db", TRUE },
  { "note=%C3%84rger", TRUE },
  { "q=to:jane+-from:carol", TRUE },
  { "q=to:jane&from=carol", FALSE },
  { "q=to:carol&to=jane", TRUE },
  { "createdAt>=2026-11-22T06:35:06Z", TRUE },
  { "expires%3E-1d", TRUE },
};

typedef struct
{
  LtCatalogue *catalogue;  /* (owned) */
  LtEvent *event;          /* (owned) */
  LtMatchContext *context; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LtEvent) start = NULL;

  fixture->catalogue = filter_fixture_new_catalogue ();
  start = filter_fixture_new_event (fixture->catalogue, start_json, NULL);
  fixture->event = filter_fixture_new_event (fixture->catalogue, event_json, start);
  fixture->context = lt_match_context_new ();
  lt_match_context_set_event (fixture->context, fixture->event);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lt_match_context_free (fixture->context);
  g_assert_finalize_object (fixture->event);
  g_assert_finalize_object (fixture->catalogue);
}

static void
check_match (Fixture *fixture, LtFilter *filter, const MatchRow *row)
{
  gboolean matches = lt_filter_match (filter, fixture->context);

  if (matches != row->matches)
    g_error ("%s: %s", row->filter, matches ? "matches, but should not" : "should match");
  g_assert_cmpuint (lt_filter_get_exhausted (filter), ==, 0);
}

static void
test_text_form (Fixture *fixture, gconstpointer data)
{
  G_STATIC_ASSERT (G_N_ELEMENTS (text_rows) + G_N_ELEMENTS (query_rows) >= 250);

  for (guint i = 0; i < G_N_ELEMENTS (text_rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LtFilter) filter
          = lt_filter_new_from_text (fixture->catalogue, text_rows[i].filter, &error);
      g_autoptr (LtFilter) again = NULL;

      g_assert_no_error (error);
      check_match (fixture, filter, &text_rows[i]);
      again = lt_filter_new_from_text (fixture->catalogue, lt_filter_get_text (filter), &error);
      g_assert_no_error (error);
      g_assert_cmpstr (lt_filter_get_text (again), ==, lt_filter_get_text (filter));
      check_match (fixture, again, &text_rows[i]);
    }
}

static void
test_query_form (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (query_rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LtFilter) filter
          = filter_fixture_new_from_query (fixture->catalogue, query_rows[i].filter, &error);
      g_autoptr (LtFilter) again = NULL;

      g_assert_no_error (error);
      check_match (fixture, filter, &query_rows[i]);
      again = lt_filter_new_from_text (fixture->catalogue, lt_filter_get_text (filter), &error);
      g_assert_no_error (error);
      check_match (fixture, again, &query_rows[i]);
    }
}

/* One context serves many events; nothing of the one before is left. */
static void
test_next_event (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LtEvent) other = filter_fixture_new_event (
      fixture->catalogue, "{\"type\":\"log.line\",\"data\":{\"to\":\"carol\"}}", NULL);
  g_autoptr (LtFilter) jane = lt_filter_new_from_text (fixture->catalogue, "jane", NULL);
  g_autoptr (LtFilter) to_carol = lt_filter_new_from_text (fixture->catalogue, "to:carol", NULL);
  g_autoptr (LtFilter) host = lt_filter_new_from_text (fixture->catalogue, "hostname:*", NULL);

  g_assert_true (lt_filter_match (jane, fixture->context));
  g_assert_false (lt_filter_match (to_carol, fixture->context));
  g_assert_true (lt_filter_match (host, fixture->context));

  lt_match_context_set_event (fixture->context, other);
  g_assert_false (lt_filter_match (jane, fixture->context));
  g_assert_true (lt_filter_match (to_carol, fixture->context));
  g_assert_false (lt_filter_match (host, fixture->context));

  lt_match_context_set_event (fixture->context, fixture->event);
  g_assert_true (lt_filter_match (jane, fixture->context));
  g_assert_true (lt_filter_match (host, fixture->context));
  lt_match_context_set_event (fixture->context, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/filter-match/text-form", Fixture, NULL, set_up, test_text_form, tear_down);
  g_test_add ("/filter-match/query-form", Fixture, NULL, set_up, test_query_form, tear_down);
  g_test_add ("/filter-match/next-event", Fixture, NULL, set_up, test_next_event, tear_down);

  return g_test_run ();
}
