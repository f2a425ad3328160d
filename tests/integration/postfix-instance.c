/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "postfix-instance.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COMMAND_FOLDER "/usr/sbin"
#define DAEMON_FOLDER  "/usr/lib/postfix/sbin"

static const char main_template[]
    = "compatibility_level = 3.6\n"
      "queue_directory = @DIR@/spool\n"
      "data_directory = @DIR@/data\n"
      "command_directory = " COMMAND_FOLDER "\n"
      "daemon_directory = " DAEMON_FOLDER "\n"
      "mail_owner = postfix\n"
      "setgid_group = postdrop\n"
      "inet_interfaces = 127.0.0.1\n"
      "inet_protocols = ipv4\n"
      "myhostname = mail.example.net\n"
      "mydestination =\n"
      "mynetworks = 127.0.0.0/8\n"
      "virtual_mailbox_domains = example.org\n"
      "virtual_mailbox_base = @DIR@/mail\n"
      "virtual_mailbox_maps = inline:{ { jane@example.org=jane/ } }\n"
      "virtual_uid_maps = static:@UID@\n"
      "virtual_gid_maps = static:@GID@\n"
      "virtual_minimum_uid = 1\n"
      "relay_domains = example.com\n"
      "transport_maps = inline:{ { example.com=smtp:[127.0.0.1]:@CLOSED@ } }\n"
      "smtpd_relay_restrictions = permit_mynetworks reject_unauth_destination\n"
      "smtpd_recipient_restrictions = reject_unlisted_recipient\n"
      "smtp_tls_security_level = none\n"
      "local_recipient_maps =\n"
      "alias_maps =\n"
      "alias_database =\n"
      "syslog_name = postfix\n"
      "minimal_backoff_time = 1h\n"
      "maillog_file_prefixes = @DIR@\n";

static const char master_template[] = "127.0.0.1:@PORT@ inet n - n - - smtpd\n"
                                      "pickup unix n - n 60 1 pickup\n"
                                      "cleanup unix n - n - 0 cleanup\n"
                                      "qmgr unix n - n 300 1 qmgr\n"
                                      "rewrite unix - - n - - trivial-rewrite\n"
                                      "bounce unix - - n - 0 bounce\n"
                                      "defer unix - - n - 0 bounce\n"
                                      "trace unix - - n - 0 bounce\n"
                                      "verify unix - - n - 1 verify\n"
                                      "flush unix n - n 1000? 0 flush\n"
                                      "proxymap unix - - n - - proxymap\n"
                                      "smtp unix - - n - - smtp\n"
                                      "relay unix - - n - - smtp\n"
                                      "showq unix n - n - - showq\n"
                                      "error unix - - n - - error\n"
                                      "retry unix - - n - - error\n"
                                      "discard unix - - n - - discard\n"
                                      "local unix - n n - - local\n"
                                      "virtual unix - n n - - virtual\n"
                                      "lmtp unix - - n - - lmtp\n"
                                      "anvil unix - - n - 1 anvil\n"
                                      "scache unix - - n - 1 scache\n"
                                      "postlog unix-dgram n - n - 1 postlogd\n";

/* Why there can be no instance here, or NULL. */
const char *
postfix_instance_find_obstacle (void)
{
  if (geteuid () != 0)
    return "a Postfix of its own needs root";
  if (!g_file_test (DAEMON_FOLDER "/master", G_FILE_TEST_IS_EXECUTABLE))
    return "Postfix is not installed";
  if (getpwnam ("postfix") == NULL)
    return "there is no user \"postfix\"";
  return NULL;
}

/* Whether processes may be given a /dev/log of their own, and numbers of their own. */
gboolean
postfix_instance_can_have_namespaces (void)
{
  const char *const command[] = { "unshare", "--mount", "--pid", "--fork", "true", NULL };
  int status = -1;

  return g_spawn_sync (NULL, (char **) command, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                       &status, NULL)
         && status == 0;
}

/* A port of 127.0.0.1 that is free now. */
static guint16
find_port (void)
{
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  g_socket_bind (socket, any, FALSE, &error);
  g_assert_no_error (error);
  address = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static void
make_folder (PostfixInstance *self, const char *name, const struct passwd *owner)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
  if (owner != NULL)
    g_assert_cmpint (chown (path, owner->pw_uid, owner->pw_gid), ==, 0);
}

static void
write_file (PostfixInstance *self, const char *name, const char *template, const char *more)
{
  const struct passwd *owner = getpwnam ("postfix");
  g_autofree char *path = g_build_filename (self->folder, "etc", name, NULL);
  g_autofree char *uid = g_strdup_printf ("%u", owner->pw_uid);
  g_autofree char *gid = g_strdup_printf ("%u", owner->pw_gid);
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  g_autofree char *closed = g_strdup_printf ("%u", self->closed_port);
  g_autoptr (GString) text = g_string_new (template);
  g_autoptr (GError) error = NULL;

  g_string_append (text, more);
  g_string_replace (text, "@DIR@", self->folder, 0);
  g_string_replace (text, "@UID@", uid, 0);
  g_string_replace (text, "@GID@", gid, 0);
  g_string_replace (text, "@PORT@", port, 0);
  g_string_replace (text, "@CLOSED@", closed, 0);
  g_file_set_contents_full (path, text->str, -1, G_FILE_SET_CONTENTS_NONE, 0644, &error);
  g_assert_no_error (error);
}

/* Makes the folder; nothing runs yet. */
void
postfix_instance_init (PostfixInstance *self)
{
  const struct passwd *owner = getpwnam ("postfix");
  g_autofree char *log_folder = NULL;

  *self = (PostfixInstance){ 0 };
  self->folder = g_dir_make_tmp ("livetrace-postfix-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  g_assert_cmpint (g_chmod (self->folder, 0755), ==, 0);
  make_folder (self, "etc", NULL);
  make_folder (self, "spool", NULL);
  make_folder (self, "data", owner);
  make_folder (self, "mail", owner);
  make_folder (self, "log", NULL);
  make_folder (self, "dev", NULL);
  self->log_path = g_build_filename (self->folder, "log", "mail.log", NULL);
  self->mailbox_folder = g_build_filename (self->folder, "mail", "jane", "new", NULL);
  self->port = find_port ();
  self->closed_port = find_port ();
}

static void
run (const char *const *command)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors,
                &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  if (error != NULL)
    g_error ("%s %s: %s\n%s%s", command[0], command[1], error->message, output, errors);
}

/* Starts Postfix and waits for a word. Without one, when the test has gone, it stops Postfix all
 * the same and takes its folder away.
 *
 * With a socket, in the mount namespace it runs in, /dev is a folder with what Postfix needs and
 * our socket; the machine's own /dev/log is neither read nor touched. */
static const char supervisor[]
    = "set -e\n"
      "folder=$1 socket=$2\n"
      "dev=$folder/dev\n"
      "if [ -n \"$socket\" ]; then\n"
      "  mount --make-rprivate /\n"
      "  mount -t tmpfs -o mode=755 none \"$dev\"\n"
      "  for name in null zero full random urandom tty; do\n"
      "    touch \"$dev/$name\"\n"
      "    mount --bind \"/dev/$name\" \"$dev/$name\"\n"
      "  done\n"
      "  ln -s /proc/self/fd \"$dev/fd\"\n"
      "  ln -s \"$socket\" \"$dev/log\"\n"
      "  mount --rbind \"$dev\" /dev\n"
      "fi\n"
      "postfix () { command postfix -c \"$folder/etc\" $1 </dev/null >\"$folder/output\" 2>&1; }\n"
      "postfix start || { cat \"$folder/output\"; exit 1; }\n"
      "echo started\n"
      "read -r word || word=\n"
      "postfix stop || true\n"
      "[ -z \"$word\" ] || exit 0\n"
      "[ -z \"$socket\" ] || umount --recursive --lazy /dev \"$dev\" 2>\"$folder/output\" || true\n"
      "rm -rf --one-file-system -- \"$folder\"\n";

/* A signal to all processes of the test, as one that takes too long gets, is not for it. */
static void
begin_session (gpointer unused)
{
  setsid ();
}

/**
 * postfix_instance_start:
 * @syslog_path: (nullable): the socket that Postfix shall take for /dev/log, which needs
 *   namespaces; %NULL to let it log to its file
 *
 * Starts Postfix and waits until it takes mail. It does not outlive the test, however that ends.
 */
void
postfix_instance_start (PostfixInstance *self, const char *syslog_path)
{
  const char *const words[] = { "unshare",
                                "--mount",
                                "--pid",
                                "--fork",
                                "--kill-child",
                                "sh",
                                "-c",
                                supervisor,
                                "sh",
                                self->folder,
                                syslog_path != NULL ? syslog_path : "",
                                NULL };
  const char *const *argv = postfix_instance_can_have_namespaces () ? words : words + 5;
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                   | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  write_file (self, "main.cf", main_template,
              syslog_path == NULL ? "maillog_file = @DIR@/log/mail.log\n" : "maillog_file =\n");
  write_file (self, "master.cf", master_template, "");

  g_subprocess_launcher_set_child_setup (launcher, begin_session, NULL, NULL);
  self->supervisor = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->supervisor));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "started");
}

/* Stops Postfix, and waits until it has gone. */
void
postfix_instance_stop (PostfixInstance *self)
{
  g_autoptr (GError) error = NULL;

  if (self->supervisor == NULL)
    return;
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->supervisor), "stop\n",
                             strlen ("stop\n"), NULL, NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check (self->supervisor, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->supervisor);
}

void
postfix_instance_clear (PostfixInstance *self)
{
  postfix_instance_stop (self);
  run ((const char *const[]){ "rm", "-rf", "--one-file-system", "--", self->folder, NULL });
  g_free (self->folder);
  g_free (self->log_path);
  g_free (self->mailbox_folder);
}

static char *
say (PostfixSession *self, const char *line)
{
  GOutputStream *output = g_io_stream_get_output_stream (self->stream);
  g_autofree char *reply = NULL;
  g_autoptr (GError) error = NULL;

  if (line != NULL)
    {
      g_output_stream_write_all (output, line, strlen (line), NULL, NULL, &error);
      g_assert_no_error (error);
    }
  /* The last line of a reply has a space behind its code. */
  do
    {
      g_free (reply);
      reply = g_data_input_stream_read_line (self->replies, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_nonnull (reply);
    }
  while (strlen (reply) > 3 && reply[3] == '-');
  return g_steal_pointer (&reply);
}

static void
say_and_expect (PostfixSession *self, const char *line, const char *code)
{
  g_autofree char *reply = say (self, line);

  if (!g_str_has_prefix (reply, code))
    g_error ("%s: expected %s, got %s", line == NULL ? "greeting" : line, code, reply);
}

/**
 * postfix_session_open:
 * @self: where nothing is yet
 * @to: recipients; those of which the local part is "nobody" must be refused, others taken
 *
 * Begins to send a message over SMTP, as a client would, up to its last recipient.
 */
void
postfix_session_open (PostfixSession *self, PostfixInstance *instance, const char *from,
                      const char *const *to)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", instance->port);
  g_autofree char *mail = g_strdup_printf ("MAIL FROM:<%s>\r\n", from);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  connection = g_socket_client_connect_to_host (client, address, instance->port, NULL, &error);
  g_assert_no_error (error);
  self->stream = G_IO_STREAM (connection);
  self->replies = g_data_input_stream_new (g_io_stream_get_input_stream (self->stream));
  g_data_input_stream_set_newline_type (self->replies, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);

  say_and_expect (self, NULL, "220");
  say_and_expect (self, "EHLO client.example.net\r\n", "250");
  say_and_expect (self, mail, "250");
  for (guint i = 0; to[i] != NULL; i++)
    {
      g_autofree char *rcpt = g_strdup_printf ("RCPT TO:<%s>\r\n", to[i]);

      say_and_expect (self, rcpt, g_str_has_prefix (to[i], "nobody@") ? "550" : "250");
    }
}

/**
 * postfix_session_finish:
 *
 * Sends the message itself and takes leave.
 *
 * Returns: its queue id
 */
char *
postfix_session_finish (PostfixSession *self)
{
  g_autofree char *reply = NULL;
  const char *id;

  say_and_expect (self, "DATA\r\n", "354");
  reply = say (self,
               "Message-ID: <first@example.net>\r\nSubject: Hello\r\n\r\nHello, Jane.\r\n.\r\n");
  g_assert_true (g_str_has_prefix (reply, "250 "));
  id = strstr (reply, "queued as ");
  g_assert_nonnull (id);
  say_and_expect (self, "QUIT\r\n", "221");
  g_clear_object (&self->replies);
  g_clear_object (&self->stream);
  return g_strdup (id + strlen ("queued as "));
}

/* Sends a message in one go; like the two above. */
char *
postfix_instance_send (PostfixInstance *self, const char *from, const char *const *to)
{
  PostfixSession session = { 0 };

  postfix_session_open (&session, self, from, to);
  return postfix_session_finish (&session);
}
