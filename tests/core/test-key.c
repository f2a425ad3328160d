/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-catalogue.h"
#include "core/lt-error.h"

static void
test_spellings (void)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  static const char *const spellings[]
      = { "remoteIp",    "remote-ip", "remote_ip", "REMOTEIP",  "RemoteIp", "remoteip",
          "r-e-m-oteip", "_remoteIp", "remoteIp-", "REMOTE-IP", "rEmOtEiP", "remote_IP" };
  g_autoptr (LtKey) key = lt_catalogue_add_key (catalogue, "remoteIp", LT_VALUE_IP, NULL);

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
        {
          g_autoptr (LtKey) same = lt_catalogue_intern_key (catalogue, spellings[i], -1, NULL);

          g_assert_true (same == key);
          g_assert_true (lt_catalogue_find_key (catalogue, spellings[i], -1) == key);
        }
    }
  g_assert_cmpstr (key->name, ==, "remoteIp");
  g_assert_cmpuint (key->name_length, ==, 8);
  g_assert_cmpstr (key->folded, ==, "remoteip");
}

static void
test_camel_case (void)
{
  static const struct
  {
    const char *spelling;
    const char *name;
  } rows[] = {
    { "queue_time", "queueTime" },
    { "Queue-Time", "queueTime" },
    { "QueueTime", "queueTime" },
    { "queueTime", "queueTime" },
    { "SASL_username", "saslUsername" },
    { "ID", "id" },
    { "X-Mailer", "xMailer" },
    { "__a__b__", "aB" },
    { "a.b_c", "a.bC" },
    { "2fa_code", "2faCode" },
    { "x", "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
      g_autoptr (LtKey) key = lt_catalogue_intern_key (catalogue, rows[i].spelling, -1, NULL);

      g_assert_cmpstr (key->name, ==, rows[i].name);
      g_assert_false (key->known);
    }
}

static void
test_bad (void)
{
  static const char *const bad[] = { "", "-", "_._", "a b", "ä", "a/b", "a=b", "\n", "a:" };
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autofree char *longest = g_strnfill (LT_KEY_MAX_BYTES, 'a');
  g_autofree char *too_long = g_strnfill (LT_KEY_MAX_BYTES + 1, 'a');
  g_autoptr (LtKey) key = lt_catalogue_intern_key (catalogue, longest, -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (key);
  g_assert_null (lt_catalogue_intern_key (catalogue, too_long, -1, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_clear_error (&error);
      g_assert_null (lt_catalogue_intern_key (catalogue, bad[i], -1, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT);
      g_assert_null (lt_catalogue_find_key (catalogue, bad[i], -1));
    }
  g_assert_null (lt_catalogue_intern_key (catalogue, "a\0b", 3, NULL));
}

/* Keys are the same while anything holds one, and go with the last who does. */
static void
test_weak (void)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  LtKey *key = lt_catalogue_intern_key (catalogue, "queue_time", -1, NULL);
  LtKey *same = lt_catalogue_intern_key (catalogue, "queueTime", -1, NULL);

  g_assert_true (key == same);
  g_assert_cmpuint (key->ref_count, ==, 2);
  lt_key_unref (key);
  g_assert_null (lt_catalogue_find_key (catalogue, "queueTime", -1));
  lt_key_unref (same);

  key = lt_catalogue_intern_key (catalogue, "QUEUE-time", -1, NULL);
  g_assert_cmpstr (key->name, ==, "queueTime");
  g_assert_cmpuint (key->ref_count, ==, 1);
  g_assert_finalize_object (g_steal_pointer (&catalogue));
  g_assert_cmpstr (key->name, ==, "queueTime");
  lt_key_unref (key);
}

static void
test_fold (void)
{
  g_autofree char *folded = lt_key_fold ("Remote-_IP.x", -1);
  g_autofree char *part = lt_key_fold ("Remote-_IP.x", 7);

  g_assert_cmpstr (folded, ==, "remoteip.x");
  g_assert_cmpstr (part, ==, "remote");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/key/spellings", test_spellings);
  g_test_add_func ("/key/camel-case", test_camel_case);
  g_test_add_func ("/key/bad", test_bad);
  g_test_add_func ("/key/weak", test_weak);
  g_test_add_func ("/key/fold", test_fold);
  return g_test_run ();
}
