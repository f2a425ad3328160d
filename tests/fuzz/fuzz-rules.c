/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "sources/lt-log-processor.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Lines such as the rules may be made for. */
static const char *const lines[] = {
  "Nov 22 06:35:01 mail postfix/smtpd[1]: connect from localhost[127.0.0.1]",
  "Nov 22 06:35:01 mail postfix/smtpd[1]: 3F2A1C0B5: client=localhost[127.0.0.1]",
  "Nov 22 06:35:01 mail postfix/smtpd[1]: disconnect from localhost[127.0.0.1] rcpt=1/2 quit=1",
  "<22>Nov 22 06:35:01 a[1]: a=1, b=2.5 c=\xC3\xA4 d",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "",
};

/* Any text either is a rule file, whose rules can be used, or gets an error that has a place. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtHub) hub = lt_hub_new (catalogue, NULL);
  g_autoptr (LtRuleSet) rules = lt_rule_set_new (catalogue);
  g_autoptr (GError) error = NULL;

  if (lt_rule_set_load_text (rules, "rules", (const char *) data, size, &error))
    {
      g_autoptr (LtLogProcessor) processor = lt_log_processor_new (hub, rules, NULL);

      for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
        lt_log_processor_process (processor, lines[i], strlen (lines[i]), 0, NULL);
      g_assert_cmpuint (lt_hub_get_last_sequence (hub), ==, G_N_ELEMENTS (lines));
    }
  else
    {
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
      g_assert_true (g_str_has_prefix (error->message, "rules:"));
    }
  return 0;
}
