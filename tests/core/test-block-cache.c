/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-block-cache.h"
#include "core/lt-block-pool.h"

static const LtFraming sse = { .name = "sse" };
static const LtFraming ndjson = { .name = "ndjson" };

static GBytes *
take (LtBlockPool *pool, gsize length)
{
  GString *text = g_string_sized_new (length);

  g_string_set_size (text, length);

  return lt_block_pool_take (pool, text);
}

static void
add (LtBlockCache *cache, LtBlockPool *pool, guint64 begin, guint64 least, guint64 most,
     gsize length)
{
  g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (LtBlock));
  LtBlock block = { .bytes = take (pool, length) };
  LtBlockRun run = {
    .feed = 1,
    .framing = &sse,
    .begin = begin,
    .end = begin + 10,
    .least_start = least,
    .most_start = most,
    .blocks = blocks,
  };

  g_array_set_clear_func (blocks, (GDestroyNotify) lt_block_clear);
  g_array_append_val (blocks, block);
  g_assert_cmpuint (lt_block_cache_add (cache, &run)->end, ==, begin + 10);
}

static void
test_pool (void)
{
  LtBlockPool *pool = lt_block_pool_new ();
  GBytes *first = take (pool, 1000);
  GBytes *second = take (pool, 100000);

  g_assert_cmpuint (g_bytes_get_size (second), ==, 100000);
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), >=, 101000);
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), <, 130000);
  g_bytes_unref (first);
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), <, 126000);
  g_bytes_ref (second);
  g_bytes_unref (second);
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), >=, 100000);
  /* The block outlives the owner of its pool. */
  lt_block_pool_unref (pool);
  g_bytes_unref (second);
}

static void
test_find (void)
{
  LtBlockPool *pool = lt_block_pool_new ();
  LtBlockCache cache;

  lt_block_cache_init (&cache);
  add (&cache, pool, 100, 5, 20, 10);
  add (&cache, pool, 120, 0, G_MAXUINT64, 10);
  g_assert_nonnull (lt_block_cache_find (&cache, 1, &sse, 100, 5));
  g_assert_nonnull (lt_block_cache_find (&cache, 1, &sse, 100, 20));
  g_assert_null (lt_block_cache_find (&cache, 1, &sse, 100, 4));
  g_assert_null (lt_block_cache_find (&cache, 1, &sse, 100, 21));
  g_assert_null (lt_block_cache_find (&cache, 1, &sse, 99, 5));
  g_assert_null (lt_block_cache_find (&cache, 1, &ndjson, 100, 5));
  g_assert_null (lt_block_cache_find (&cache, 2, &sse, 100, 5));
  g_assert_cmpuint (lt_block_cache_find_next (&cache, 1, &sse, 50, 5), ==, 100);
  g_assert_cmpuint (lt_block_cache_find_next (&cache, 1, &sse, 50, 50), ==, 120);
  g_assert_cmpuint (lt_block_cache_find_next (&cache, 1, &sse, 100, 5), ==, 120);
  g_assert_cmpuint (lt_block_cache_find_next (&cache, 1, &sse, 120, 5), ==, G_MAXUINT64);
  lt_block_cache_forget (&cache, 2);
  g_assert_nonnull (lt_block_cache_find (&cache, 1, &sse, 100, 5));
  lt_block_cache_forget (&cache, 1);
  g_assert_null (lt_block_cache_find (&cache, 1, &sse, 100, 5));
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), ==, 0);
  lt_block_cache_clear (&cache);
  lt_block_pool_unref (pool);
}

static void
test_bounded (void)
{
  LtBlockPool *pool = lt_block_pool_new ();
  LtBlockCache cache;

  lt_block_cache_init (&cache);
  for (guint64 i = 0; i < 1000; i++)
    {
      add (&cache, pool, i, 0, G_MAXUINT64, 1000);
      /* What is used stays. */
      g_assert_nonnull (lt_block_cache_find (&cache, 1, &sse, 0, 0));
      g_assert_nonnull (lt_block_cache_find (&cache, 1, &sse, i, 0));
    }
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), <, 100 * 1000);
  for (guint64 i = 2000; i < 2100; i++)
    add (&cache, pool, i, 0, G_MAXUINT64, 1000000);
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), <, 5500000);
  lt_block_cache_clear (&cache);
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), ==, 0);
  lt_block_pool_unref (pool);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-cache/pool", test_pool);
  g_test_add_func ("/block-cache/find", test_find);
  g_test_add_func ("/block-cache/bounded", test_bounded);
  return g_test_run ();
}
