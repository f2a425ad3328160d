/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a fuzz target over every file of its corpus, and over each file's beginnings. */
#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A copy of the exact size, so that a sanitizer sees a read past the end. */
static void
run_input (const char *data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);

  LLVMFuzzerTestOneInput (copy != NULL ? copy : (const guint8 *) "", size);
}

static void
test_file (gconstpointer user_data)
{
  const char *path = user_data;
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  gsize step;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);

  run_input (data, size);
  step = 1 + size / 256;
  for (gsize cut = 0; cut < size; cut += step)
    run_input (data, cut);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GDir) directory = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);

  directory = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      char *path = g_build_filename (argv[1], name, NULL);
      g_autofree char *test_name = g_strconcat ("/corpus/", name, NULL);

      g_ptr_array_add (paths, path);
      g_test_add_data_func (test_name, path, test_file);
    }
  g_assert_cmpuint (paths->len, >, 0);

  return g_test_run ();
}
