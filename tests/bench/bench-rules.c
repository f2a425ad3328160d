/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define N_MESSAGES 15000

/* One message through Postfix, as its log tells it. */
static void
append_message (GString *out, guint i)
{
  static const char stamp[] = "2026-11-22T06:35:06.041377+00:00 mail ";
  guint pid = 1000 + i % 50;

  g_string_append_printf (out, "%spostfix/smtpd[%u]: connect from client.example.net[192.0.2.%u]\n",
                          stamp, pid, i % 250);
  g_string_append_printf (out,
                          "%spostfix/smtpd[%u]: 4Rk%07u: client=client.example.net[192.0.2.%u]\n",
                          stamp, pid, i, i % 250);
  g_string_append_printf (out, "%spostfix/cleanup[%u]: 4Rk%07u: message-id=<%u@example.net>\n",
                          stamp, pid, i, i);
  g_string_append_printf (
      out,
      "%spostfix/qmgr[77]: 4Rk%07u: from=<john@example.com>, size=1834, nrcpt=1 (queue active)\n",
      stamp, i);
  g_string_append_printf (
      out,
      "%spostfix/smtp[%u]: 4Rk%07u: to=<jane@example.org>, relay=mx.example.org[198.51.100.7]:25, "
      "delay=0.42, delays=0.1/0.02/0.2/0.1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued)\n",
      stamp, pid, i);
  g_string_append_printf (out, "%spostfix/qmgr[77]: 4Rk%07u: removed\n", stamp, i);
  g_string_append_printf (
      out,
      "%spostfix/smtpd[%u]: disconnect from client.example.net[192.0.2.%u] ehlo=1 mail=1 rcpt=1 "
      "data=1 quit=1 commands=5\n",
      stamp, pid, i % 250);
}

static double
measure (TestDaemon *daemon, const char *path, guint first)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  pid_t pid = bench_daemon_pid (daemon);
  guint64 before = bench_daemon_counter (daemon, "Received");
  FILE *file = fopen (path, "a");
  gint64 cpu;

  for (guint i = first; i < first + N_MESSAGES; i++)
    append_message (lines, i);
  cpu = bench_cpu_ns (pid);
  fwrite (lines->str, 1, lines->len, file);
  fclose (file);
  while (bench_daemon_counter (daemon, "Received") < before + N_MESSAGES * 7)
    g_usleep (20000);

  return N_MESSAGES * 7 / ((bench_cpu_ns (pid) - cpu) / 1e9);
}

/* Lines of a followed log, from the file to the ring. */
void
bench_rules (Bench *bench)
{
  g_autofree char *directory = g_dir_make_tmp ("livetrace-log-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "mail.log", NULL);
  g_autofree char *configuration = g_build_filename (directory, "livetrace.conf", NULL);
  g_autofree char *text = g_strdup_printf (
      "[source mail]\nkind=file\npath=%s\nrules=postfix\nfrom-start=true\n", path);
  const char *arguments[] = { "--config", configuration, NULL };
  BenchSamples figures = { 0 };
  TestDaemon daemon;

  g_assert_true (g_file_set_contents (configuration, text, -1, NULL));
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  bench_pin (0, 1);
  test_daemon_init (&daemon, arguments);
  bench_pin (bench_daemon_pid (&daemon), 0);
  for (guint round = 0; round < bench->rounds; round++)
    bench_samples_add (&figures, measure (&daemon, path, round * N_MESSAGES));
  bench_add (bench, "log rules: lines of a Postfix log, file to ring", &figures,
             "lines/s of its processor", FALSE);
  test_daemon_clear (&daemon);
  g_unlink (path);
  g_unlink (configuration);
  g_rmdir (directory);
}
