/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-key-file.h"

#include "core/lt-error.h"

#include <string.h>

static void
test_good (void)
{
  static const char *const good[] = { "", "# c\n", "\n", "[a]\n", "# c\n[a]\nb=1\n\n[c]\n", "[a]" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GKeyFile) key_file = g_key_file_new ();
      g_autoptr (GError) error = NULL;

      lt_key_file_load (key_file, "f", good[i], strlen (good[i]), G_KEY_FILE_NONE, &error);
      g_assert_no_error (error);
    }
}

/* Each error names the file and the line, and says what was to stand there. */
static void
test_bad (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } bad[] = {
    { "a=b\n", "f:1: \"a=b\" stands before the first [group]" },
    { "\n# c\nring\n[a]\n", "f:3: \"ring\" is neither a [group] nor key=value nor a comment "
                            "behind \"#\"" },
    { "[a]\nb=1\nc\nd\n", "f:3: \"c\" is neither *" },
    { "[a]\nb=1\n[c\nd=1\n[e\n", "f:3: \"[c\" is neither *" },
    { "[a]\r\nb=1\r\n  odd\t\x1b[1m \r\n", "f:3: \"  odd\\u0009\\u001b[1m\" is neither *" },
    { "[a]\nb=1\n=2", "f:3: \"=2\" is neither *" },
    { "[a]\nb \xff\n", "f:2: \"b \\xff\" is neither *" },
    { "[]\n", "f:1: \"[]\" is neither *" },
    { "[a]\nb=1\nEncoding=Latin1\n", "f:3: \"Encoding=Latin1\": the text must be UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GKeyFile) key_file = g_key_file_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (lt_key_file_load (key_file, "f", bad[i].text, strlen (bad[i].text),
                                        G_KEY_FILE_NONE, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
      if (!g_pattern_match_simple (bad[i].expected, error->message))
        g_error ("\"%s\" is not \"%s\"", error->message, bad[i].expected);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/key-file/good", test_good);
  g_test_add_func ("/key-file/bad", test_bad);
  return g_test_run ();
}
