/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-address.h"
#include "core/lt-error.h"

#include <arpa/inet.h>
#include <string.h>

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    const char *canonical; /* NULL: refused */
  } rows[] = {
    { "192.168.1.1", "192.168.1.1" },
    { "0.0.0.0", "0.0.0.0" },
    { "255.255.255.255", "255.255.255.255" },
    { "::", "::" },
    { "::1", "::1" },
    { "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
    { "fe80::1:2:3:4", "fe80::1:2:3:4" },
    { "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
    { "::ffff:192.0.2.1", "192.0.2.1" },
    { "::FFFF:c000:201", "192.0.2.1" },
    { "64:ff9b::192.0.2.1", "64:ff9b::c000:201" },
    { "", NULL },
    { "1", NULL },
    { "1.2.3", NULL },
    { "1.2.3.", NULL },
    { "1.2.3.4.", NULL },
    { "1.2.3.4.5", NULL },
    { "1.2.3.256", NULL },
    { "1.2.3.0004", NULL },
    { "01.2.3.4", NULL },
    { "1.2.3.00", NULL },
    { ".1.2.3", NULL },
    { "1..2.3", NULL },
    { "1.2.3.4 ", NULL },
    { " 1.2.3.4", NULL },
    { "1.2.3.-4", NULL },
    { "1.2.3.4/32", NULL },
    { "0x7f.0.0.1", NULL },
    { "127.1", NULL },
    { ":", NULL },
    { ":::", NULL },
    { "1::2::3", NULL },
    { "2001:db8:", NULL },
    { "2001:db8::12345", NULL },
    { "[::1]", NULL },
    { "fe80::1%eth0", NULL },
    { "mail.example.org", NULL },
    { "1:2:3:4:5:6:7:8:9", NULL },
    { "::ffff:1.2.3.4444444444444444444444444444444444444", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LtAddress address;
      gboolean good = lt_address_parse (rows[i].text, strlen (rows[i].text), &address);

      g_assert_cmpint (good, ==, rows[i].canonical != NULL);
      if (good)
        {
          g_autofree char *text = lt_address_to_string (&address);

          g_assert_cmpstr (text, ==, rows[i].canonical);
        }
    }
}

static void
test_parse_length (void)
{
  LtAddress address;

  g_assert_true (lt_address_parse ("10.0.0.123", 9, &address));
  g_assert_cmpuint (address.bytes[3], ==, 12);
  g_assert_false (lt_address_parse ("1.2.3.4\0x", 9, &address));
  g_assert_false (lt_address_parse ("::1\0x", 5, &address));
}

static void
test_equal (void)
{
  LtAddress a, b;

  lt_address_parse ("192.0.2.1", 9, &a);
  lt_address_parse ("::ffff:192.0.2.1", 16, &b);
  g_assert_true (lt_address_equal (&a, &b));
  lt_address_parse ("192.0.2.2", 9, &b);
  g_assert_false (lt_address_equal (&a, &b));
  lt_address_parse ("c000:201::", 10, &b);
  g_assert_false (lt_address_equal (&a, &b));
}

static void
test_range (void)
{
  static const struct
  {
    const char *range;
    const char *address;
    gboolean contains;
  } rows[] = {
    { "192.168.1.1", "192.168.1.1", TRUE },
    { "192.168.1.1", "192.168.1.10", FALSE },
    { "192.168.1.", "192.168.1.10", TRUE },
    { "192.168.1.", "192.168.10.1", FALSE },
    { "192.168.", "192.168.10.1", TRUE },
    { "10.", "10.255.0.1", TRUE },
    { "10.", "100.1.1.1", FALSE },
    { "10.0.0.0/8", "10.1.2.3", TRUE },
    { "10.1.2.3/8", "10.9.9.9", TRUE },
    { "10.0.0.0/8", "11.0.0.0", FALSE },
    { "192.0.2.128/25", "192.0.2.200", TRUE },
    { "192.0.2.128/25", "192.0.2.127", FALSE },
    { "192.0.2.1/32", "192.0.2.1", TRUE },
    { "192.0.2.1/32", "192.0.2.2", FALSE },
    { "0.0.0.0/0", "203.0.113.9", TRUE },
    { "0.0.0.0/0", "::1", FALSE },
    { "::/0", "2001:db8::1", TRUE },
    { "::/0", "192.0.2.1", FALSE },
    { "2001:db8::1", "2001:db8:0::1", TRUE },
    { "2001:db8:", "2001:db8:ffff::1", TRUE },
    { "2001:db8:", "2001:db80::1", FALSE },
    { "2001:", "2001:1::", TRUE },
    { "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7:9", TRUE },
    { "1:2:3:4:5:6:7:", "1:2:3:4:5:6:8:9", FALSE },
    { "2001:db8::/33", "2001:db8:7fff::", TRUE },
    { "2001:db8::/33", "2001:db8:8000::", FALSE },
    { "2001:db8::1/128", "2001:db8::1", TRUE },
    { "::ffff:192.0.2.0/120", "192.0.2.77", TRUE },
    { "::ffff:192.0.2.0/120", "192.0.3.77", FALSE },
    { "::ffff:0:0/96", "203.0.113.9", TRUE },
    { "192.0.2.0/24", "::ffff:192.0.2.7", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      LtAddressRange range;
      LtAddress address;

      g_assert_true (lt_address_range_parse (rows[i].range, &range, &error));
      g_assert_no_error (error);
      g_assert_true (lt_address_parse (rows[i].address, strlen (rows[i].address), &address));
      g_assert_cmpint (lt_address_range_contains (&range, &address), ==, rows[i].contains);
    }
}

static void
test_range_bad (void)
{
  static const char *const bad[] = {
    "",
    ".",
    ":",
    "1",
    "1.2.3.4.",
    "256.",
    "a.",
    "1..",
    "01.",
    "1.2.3.4/",
    "1.2.3.4/33",
    "1.2.3.4/08",
    "1.2.3.4/x",
    "1.2.3./24",
    "1.2.3.4/-1",
    "::1/129",
    "::1/ 1",
    "::1/1000",
    "2001::1:",
    "12345:",
    "1:2:3:4:5:6:7:8:",
    "::ffff:192.0.2.0/95",
    "/8",
    "example.org",
    "fe80::1%eth0",
    "1.2.3.4/8/8",
    "2001:db8:/32",
    "::ffff:1.2.",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      LtAddressRange range;

      g_assert_false (lt_address_range_parse (bad[i], &range, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
    }
}

static gboolean
shares_bits (const LtAddress *a, const LtAddress *b, guint bits)
{
  for (guint i = 0; i < bits; i++)
    {
      if (((a->bytes[i / 8] ^ b->bytes[i / 8]) >> (7 - i % 8)) & 1)
        return FALSE;
    }

  return TRUE;
}

static void
test_random (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      gboolean ipv4 = g_test_rand_bit ();
      guint bits = (guint) g_test_rand_int_range (0, ipv4 ? 33 : 129);
      g_autofree char *text = NULL;
      g_autofree char *range_text = NULL;
      LtAddress a = { .length = ipv4 ? 4 : 16 };
      LtAddress b, parsed;
      LtAddressRange range;

      /* The first byte keeps clear of IPv4-mapped addresses. */
      for (guint j = 0; j < a.length; j++)
        a.bytes[j] = (guint8) g_test_rand_int_range (j == 0 ? 1 : 0, g_test_rand_bit () ? 256 : 2);
      b = a;
      for (guint n_flips = (guint) g_test_rand_int_range (0, 3); n_flips > 0; n_flips--)
        {
          guint bit = (guint) g_test_rand_int_range (8, a.length * 8);

          b.bytes[bit / 8] ^= (guint8) (1 << (bit % 8));
        }

      text = lt_address_to_string (&a);
      g_assert_true (lt_address_parse (text, strlen (text), &parsed));
      g_assert_true (lt_address_equal (&a, &parsed));

      range_text = g_strdup_printf ("%s/%u", text, bits);
      g_assert_true (lt_address_range_parse (range_text, &range, NULL));
      g_assert_cmpint (lt_address_range_contains (&range, &b), ==, shares_bits (&a, &b, bits));
      g_assert_true (lt_address_range_contains (&range, &range.address));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/parse", test_parse);
  g_test_add_func ("/address/parse-length", test_parse_length);
  g_test_add_func ("/address/equal", test_equal);
  g_test_add_func ("/address/range", test_range);
  g_test_add_func ("/address/range-bad", test_range_bad);
  g_test_add_func ("/address/random", test_random);
  return g_test_run ();
}
