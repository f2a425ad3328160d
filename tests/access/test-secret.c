/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/lt-secret.h"

#include <string.h>

static void
test_new (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 1000; i++)
    {
      char *secret = lt_secret_new ("lt_");

      g_assert_true (g_str_has_prefix (secret, "lt_"));
      g_assert_cmpuint (strlen (secret), ==, 3 + LT_SECRET_CHARS);
      for (const char *p = secret; *p != '\0'; p++)
        g_assert_true (g_ascii_isalnum (*p) || *p == '-' || *p == '_');
      g_assert_true (g_hash_table_add (seen, secret));
    }
}

static void
test_id (void)
{
  g_autofree char *a = lt_secret_new_id ();
  g_autofree char *b = lt_secret_new_id ();

  g_assert_cmpuint (strlen (a), ==, 16);
  g_assert_cmpstr (a, !=, b);
}

static void
test_digest (void)
{
  /* FIPS 180-2, appendix B.1 */
  const char *abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  g_autofree char *hex = NULL;
  LtDigest digest;
  LtDigest read;

  lt_digest_of ("abc", &digest);
  hex = lt_digest_to_hex (&digest);
  g_assert_cmpstr (hex, ==, abc);
  g_assert_true (lt_digest_from_hex (abc, &read));
  g_assert_true (lt_digest_equal (&digest, &read));
  for (guint i = 0; i < LT_DIGEST_BYTES; i++)
    {
      read.bytes[i] ^= 1;
      g_assert_false (lt_digest_equal (&digest, &read));
      read.bytes[i] ^= 1;
    }
}

static void
test_not_hex (void)
{
  LtDigest digest;

  g_assert_false (lt_digest_from_hex ("", &digest));
  g_assert_false (lt_digest_from_hex ("ba78", &digest));
  g_assert_false (lt_digest_from_hex (
      "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", &digest));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secret/new", test_new);
  g_test_add_func ("/secret/id", test_id);
  g_test_add_func ("/secret/digest", test_digest);
  g_test_add_func ("/secret/not-hex", test_not_hex);
  return g_test_run ();
}
