/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-rates.h"

#define S(n) ((gint64) (n) *G_USEC_PER_SEC)

static void
test_windows (void)
{
  guint64 totals[LT_N_LEVELS] = { 0 };
  double rates[LT_N_LEVELS];
  LtRates all;

  lt_rates_init (&all, S (5));
  lt_rates_read (&all, 60, S (5), rates);
  g_assert_cmpfloat (rates[LT_LEVEL_INFO], ==, 0);

  /* 10 events in second 100, told in two turns; 20 in second 105. */
  totals[LT_LEVEL_INFO] = 4;
  lt_rates_update (&all, totals, S (100) + 1);
  totals[LT_LEVEL_INFO] = 10;
  totals[LT_LEVEL_ERROR] = 1;
  lt_rates_update (&all, totals, S (100) + 999999);

  /* The second under way is left out. */
  lt_rates_read (&all, 1, S (100) + 999999, rates);
  g_assert_cmpfloat (rates[LT_LEVEL_INFO], ==, 0);
  lt_rates_read (&all, 1, S (101), rates);
  g_assert_cmpfloat (rates[LT_LEVEL_INFO], ==, 10);
  g_assert_cmpfloat (rates[LT_LEVEL_ERROR], ==, 1);
  lt_rates_read (&all, 1, S (102), rates);
  g_assert_cmpfloat (rates[LT_LEVEL_INFO], ==, 0);

  totals[LT_LEVEL_INFO] = 30;
  lt_rates_update (&all, totals, S (105));
  lt_rates_read (&all, 10, S (106), rates);
  g_assert_cmpfloat (rates[LT_LEVEL_INFO], ==, 3);
  lt_rates_read (&all, 60, S (110), rates);
  g_assert_cmpfloat (rates[LT_LEVEL_INFO], ==, 0.5);
  lt_rates_read (&all, 60, S (160), rates);
  g_assert_cmpfloat (rates[LT_LEVEL_INFO], ==, 0.5);
  lt_rates_read (&all, 60, S (161), rates);
  g_assert_cmpfloat (rates[LT_LEVEL_INFO], ==, 20.0 / 60);
  lt_rates_read (&all, 60, S (166), rates);
  g_assert_cmpfloat (rates[LT_LEVEL_INFO], ==, 0);
}

/* A naive count over random seconds says the same. */
static void
test_random (void)
{
  guint64 totals[LT_N_LEVELS] = { 0 };
  guint counts[1000] = { 0 };
  LtRates all;

  lt_rates_init (&all, S (1000));
  for (guint i = 0; i < 3000; i++)
    {
      guint second = i / 3;

      if (g_test_rand_int_range (0, 4) == 0)
        {
          guint n = (guint) g_test_rand_int_range (1, 100);

          counts[second] += n;
          totals[LT_LEVEL_DEBUG] += n;
          lt_rates_update (&all, totals, S (1000 + second));
        }
      if (g_test_rand_int_range (0, 10) == 0)
        {
          guint window = (guint) g_test_rand_int_range (1, LT_RATES_SECONDS + 1);
          double rates[LT_N_LEVELS];
          guint sum = 0;

          for (guint j = second > window ? second - window : 0; j < second; j++)
            sum += counts[j];
          lt_rates_read (&all, window, S (1000 + second), rates);
          g_assert_cmpfloat_with_epsilon (rates[LT_LEVEL_DEBUG], (double) sum / window, 1e-9);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rates/windows", test_windows);
  g_test_add_func ("/rates/random", test_random);
  return g_test_run ();
}
