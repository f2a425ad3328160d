/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "filter-fixture.h"

#include "core/lt-span.h"
#include "json/lt-json.h"

#include <string.h>

static const struct
{
  const char *name;
  LtValueKind kind;
} keys[] = {
  { "to", LT_VALUE_STRING },
  { "from", LT_VALUE_STRING },
  { "domain", LT_VALUE_STRING },
  { "hostname", LT_VALUE_STRING },
  { "queueId", LT_VALUE_STRING },
  { "spanId", LT_VALUE_STRING },
  { "parentSpanId", LT_VALUE_STRING },
  { "size", LT_VALUE_INTEGER },
  { "elapsed", LT_VALUE_DURATION },
  { "tls", LT_VALUE_BOOLEAN },
  { "strict", LT_VALUE_BOOLEAN },
  { "remoteIp", LT_VALUE_IP },
  { "relay", LT_VALUE_IP },
  { "localPort", LT_VALUE_INTEGER },
  { "expires", LT_VALUE_TIME },
  { "contents", LT_VALUE_BYTES },
  { "remotePort", LT_VALUE_INTEGER },
  { "ratio", LT_VALUE_NUMBER },
  { "total", LT_VALUE_INTEGER },
  { "code", LT_VALUE_INTEGER },
  { "type", LT_VALUE_STRING },
  { "limit", LT_VALUE_INTEGER },
  { "key", LT_VALUE_STRING },
  { "details", LT_VALUE_STRING },
  { "reason", LT_VALUE_NONE },
  { "status", LT_VALUE_STRING },
  { "attempt", LT_VALUE_INTEGER },
};

/* A catalogue that knows some keys, so that tests of filters need no data files. */
LtCatalogue *
filter_fixture_new_catalogue (void)
{
  LtCatalogue *catalogue = lt_catalogue_new ();

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LtKey) key = lt_catalogue_add_key (catalogue, keys[i].name, keys[i].kind, &error);

      g_assert_no_error (error);
      g_assert_nonnull (key);
    }

  return catalogue;
}

/* Reads an event, and puts it into a span that @start began. */
LtEvent *
filter_fixture_new_event (LtCatalogue *catalogue, const char *json, LtEvent *start)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (catalogue, NULL);
  LtEvent *event = NULL;

  lt_json_read_event (builder, json, strlen (json), &event, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < event->n_fields; i++)
    lt_catalogue_see_key (catalogue, event->fields[i].key);

  if (start != NULL)
    {
      event->span = g_new0 (LtSpan, 1);
      event->span->ref_count = 1;
      event->span->start = g_object_ref (start);
    }
  return event;
}

LtFilter *
filter_fixture_new_from_query (LtCatalogue *catalogue, const char *raw, GError **error)
{
  g_autoptr (LtQuery) query = lt_query_parse (raw, error);

  return query != NULL ? lt_filter_new_from_query (catalogue, query, error) : NULL;
}

static const char *const words[]
    = { "a",        "ab",   "Error",        "jane",      "example.org", "EXAMPLE",
        "x.y",      "-",    "\xc3\x84rger", "two words", "q\"uote",     "b\\s",
        "*",        "25",   "true",         "a,b",       "=",           "10.0.0.1",
        "\xc4\xb0", "rgeR", "mail",         "bounce+1" };

static const char *
random_word (GRand *random)
{
  return words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))];
}

static const char *const types[]
    = { "smtp.connection-start", "smtp.connection-end", "smtp.error",       "queue.rescheduled",
        "queue.quota",           "delivery.delivered",  "delivery.attempt", "log.line" };

static const char *const addresses[] = { "10.0.0.1",  "10.0.1.2",    "192.168.1.1", "192.168.2.200",
                                         "127.0.0.1", "2001:db8::1", "2001:db9::2", "::1" };

static void
append_quoted_json (GString *out, const char *text)
{
  lt_json_append_string (out, text, -1);
}

static void
append_random_field (GString *out, GRand *random, const char *key, guint depth)
{
  g_string_append_printf (out, "\"%s\":", key);

  if (strcmp (key, "size") == 0 || strcmp (key, "elapsed") == 0 || strcmp (key, "total") == 0)
    g_string_append_printf (out, "%d", g_rand_int_range (random, 0, 30) * 500);
  else if (strcmp (key, "ratio") == 0)
    g_string_append_printf (out, "%d.5", g_rand_int_range (random, -3, 3));
  else if (strcmp (key, "tls") == 0)
    g_string_append (out, g_rand_boolean (random) ? "true" : "false");
  else if (strcmp (key, "remoteIp") == 0)
    append_quoted_json (out, addresses[g_rand_int_range (random, 0, G_N_ELEMENTS (addresses))]);
  else if (strcmp (key, "expires") == 0)
    g_string_append_printf (out, "\"2026-11-%02dT00:00:00Z\"", g_rand_int_range (random, 1, 31));
  else if (strcmp (key, "to") == 0 && g_rand_boolean (random))
    {
      g_string_append_c (out, '[');
      append_quoted_json (out, random_word (random));
      g_string_append_printf (out, ",%d,", g_rand_int_range (random, 20, 30));
      append_quoted_json (out, random_word (random));
      g_string_append (out, "]");
    }
  else if (strcmp (key, "reason") == 0 && depth == 0)
    {
      g_string_append (out, "{\"type\":\"dns.error\",\"text\":");
      append_quoted_json (out, random_word (random));
      g_string_append (out, ",\"data\":{");
      append_random_field (out, random, "domain", 1);
      g_string_append (out, "}}");
    }
  else
    append_quoted_json (out, random_word (random));
}

static LtEvent *
new_random_event (LtCatalogue *catalogue, GRand *random, LtEvent *start)
{
  static const char *const names[]
      = { "to",  "from",    "domain", "size",   "elapsed", "total",    "ratio",
          "tls", "expires", "reason", "status", "newKey",  "remoteIp", "hostname" };
  static const char *const levels[] = { "error", "warn", "info", "debug", "trace" };
  static const char *const roles[] = { "start", "end" };
  g_autoptr (GString) json = g_string_new ("{");
  gboolean first = TRUE;

  g_string_append_printf (json, "\"type\":\"%s\",\"createdAt\":\"2026-11-22T06:%02d:00Z\"",
                          types[g_rand_int_range (random, 0, G_N_ELEMENTS (types))],
                          g_rand_int_range (random, 0, 60));
  if (g_rand_boolean (random))
    g_string_append_printf (json, ",\"level\":\"%s\"", levels[g_rand_int_range (random, 0, 5)]);
  if (g_rand_boolean (random))
    g_string_append_printf (json, ",\"span\":\"%s\"", roles[g_rand_int_range (random, 0, 2)]);
  if (g_rand_boolean (random))
    {
      g_string_append (json, ",\"text\":");
      append_quoted_json (json, random_word (random));
    }
  if (g_rand_int_range (random, 0, 4) == 0)
    {
      g_string_append (json, ",\"details\":");
      append_quoted_json (json, random_word (random));
    }

  g_string_append (json, ",\"data\":{");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (g_rand_int_range (random, 0, 3) != 0)
        continue;
      if (!first)
        g_string_append_c (json, ',');
      append_random_field (json, random, names[i], 0);
      first = FALSE;
    }
  g_string_append (json, "}}");

  return filter_fixture_new_event (catalogue, json->str, start);
}

/* An event whose words, addresses and numbers are few, so that random filters hit it. */
LtEvent *
filter_fixture_new_random_event (LtCatalogue *catalogue, GRand *random)
{
  g_autoptr (LtEvent) start = NULL;

  if (g_rand_boolean (random))
    start = new_random_event (catalogue, random, NULL);
  return new_random_event (catalogue, random, start);
}

static void
append_value (GString *out, GRand *random)
{
  const char *word = random_word (random);

  if (g_rand_boolean (random) && strpbrk (word, " \"") == NULL && strchr ("-=*", word[0]) == NULL)
    {
      g_string_append (out, word);
      return;
    }

  g_string_append_c (out, '"');
  for (; *word != '\0'; word++)
    {
      if (*word == '"' || *word == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *word);
    }
  g_string_append_c (out, '"');
}

static void
append_random_term (GString *out, GRand *random)
{
  static const char *const text_keys[]
      = { "to",        "from", "domain", "status", "hostname", "key.newKey",
          "REMOTE-IP", "size", "tls",    "reason", "text",     "expires" };
  static const char *const ordered[]
      = { "size", "elapsed", "total", "ratio", "status", "key.new-key" };
  static const char *const patterns[]
      = { "^a", "jane|mail", "[0-9]+$", "(?i)X", "o.*g", "\"^two w\"" };
  static const char *const ranges[]
      = { "10.",           "10.0.0.0/8", "192.168.1.1", "192.168.0.0/16", "127.0.0.1", "2001:db8:",
          "2001:db8::/31", "::1",        "168" };
  static const char *const globs[] = { "smtp.*",
                                       "*",
                                       "queue.*,smtp.error",
                                       "log.line",
                                       "*.error",
                                       "delivery.deliver??",
                                       "smtp.connection-*,delivery.*" };
  static const char *const fixed[] = { "level:warn",
                                       "level:=info",
                                       "level:trace",
                                       "span:start",
                                       "span:end",
                                       "span:*",
                                       "to:*",
                                       "tls:*",
                                       "createdAt:>2026-11-22T06:30:00Z",
                                       "createdAt:<=2026-11-22T06:20:00Z",
                                       "expires:<2026-11-15T00:00:00Z",
                                       "tls:true",
                                       "tls:=false",
                                       "size:=2000",
                                       "size:2KB",
                                       "elapsed:2s",
                                       "reason:*",
                                       "text:~^[a-e]",
                                       "type:~^s.*d$",
                                       "to:25" };
  static const char *const comparisons[] = { "<", "<=", ">", ">=" };

  if (g_rand_int_range (random, 0, 4) == 0)
    g_string_append_c (out, '-');

  switch (g_rand_int_range (random, 0, 9))
    {
    case 0:
    case 1:
      g_string_append_c (out, '"');
      g_string_append (out, g_rand_boolean (random) ? "exam" : "A");
      g_string_append_c (out, '"');
      break;

    case 2:
      append_value (out, random);
      break;

    case 3:
    case 4:
      g_string_append_printf (out, "%s:%s",
                              text_keys[g_rand_int_range (random, 0, G_N_ELEMENTS (text_keys) - 1)],
                              g_rand_boolean (random) ? "=" : "");
      append_value (out, random);
      break;

    case 5:
      g_string_append_printf (
          out, "%s:%s%d", ordered[g_rand_int_range (random, 0, G_N_ELEMENTS (ordered))],
          comparisons[g_rand_int_range (random, 0, 4)], g_rand_int_range (random, -1, 30) * 500);
      break;

    case 6:
      g_string_append_printf (out, "remote-ip:%s",
                              ranges[g_rand_int_range (random, 0, G_N_ELEMENTS (ranges))]);
      break;

    case 7:
      if (g_rand_boolean (random))
        g_string_append_printf (out, "type:%s",
                                globs[g_rand_int_range (random, 0, G_N_ELEMENTS (globs))]);
      else
        g_string_append_printf (out, "%s:~%s",
                                text_keys[g_rand_int_range (random, 0, G_N_ELEMENTS (text_keys))],
                                patterns[g_rand_int_range (random, 0, G_N_ELEMENTS (patterns))]);
      break;

    default:
      g_string_append (out, fixed[g_rand_int_range (random, 0, G_N_ELEMENTS (fixed))]);
      break;
    }
}

/* A filter in the text form, of up to four terms. */
char *
filter_fixture_random_filter (GRand *random)
{
  GString *out = g_string_new (NULL);
  gint n_terms = g_rand_int_range (random, 0, 20) == 0 ? 0 : g_rand_int_range (random, 1, 5);

  for (gint i = 0; i < n_terms; i++)
    {
      if (i > 0)
        g_string_append_c (out, ' ');
      append_random_term (out, random);
    }

  return g_string_free (out, FALSE);
}
