/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-secret.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define LT_ID_BYTES 8

static void
fill_random (guint8 *bytes, gsize length)
{
  gsize done = 0;

  while (done < length)
    {
      gssize n = getrandom (bytes + done, length - done, 0);

      /* Without random numbers there are no secrets: going on would be worse than ending. */
      if (n < 0 && errno != EINTR)
        g_error ("cannot get random bytes: %s", g_strerror (errno));
      if (n > 0)
        done += (gsize) n;
    }
}

static char *
bytes_to_hex (const guint8 *bytes, gsize length)
{
  GString *hex = g_string_sized_new (2 * length);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);

  return g_string_free (hex, FALSE);
}

/**
 * lt_secret_new:
 * @prefix: what it begins with, such as `lt_`
 *
 * Makes a secret of 256 random bits: @prefix and %LT_SECRET_CHARS characters of the
 * base64url alphabet (RFC 4648 section 5), so it stands in a URL, a header and a cookie as it is.
 *
 * Returns: (transfer full): the secret
 */
char *
lt_secret_new (const char *prefix)
{
  guint8 bytes[LT_DIGEST_BYTES];
  g_autofree char *base64 = NULL;

  fill_random (bytes, sizeof bytes);
  base64 = g_base64_encode (bytes, sizeof bytes);
  explicit_bzero (bytes, sizeof bytes);
  g_strdelimit (base64, "+", '-');
  g_strdelimit (base64, "/", '_');
  base64[LT_SECRET_CHARS] = '\0'; /* the padding */

  return g_strconcat (prefix, base64, NULL);
}

/**
 * lt_secret_new_id:
 *
 * Returns: (transfer full): 16 random hexadecimal digits: a name, not a secret
 */
char *
lt_secret_new_id (void)
{
  guint8 bytes[LT_ID_BYTES];

  fill_random (bytes, sizeof bytes);
  return bytes_to_hex (bytes, sizeof bytes);
}

/**
 * lt_digest_of:
 * @secret: a secret, or what someone claims to be one
 * @digest: (out): its SHA-256
 *
 * Makes what is kept and compared in place of a secret.
 */
void
lt_digest_of (const char *secret, LtDigest *digest)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = sizeof digest->bytes;

  g_checksum_update (checksum, (const guchar *) secret, (gssize) strlen (secret));
  g_checksum_get_digest (checksum, digest->bytes, &length);
}

/**
 * lt_digest_equal:
 * @a: a digest
 * @b: a digest
 *
 * Compares in a time that does not depend on where the two differ.
 *
 * Returns: %TRUE if they are equal
 */
gboolean
lt_digest_equal (const LtDigest *a, const LtDigest *b)
{
  volatile guint8 difference = 0;

  for (gsize i = 0; i < LT_DIGEST_BYTES; i++)
    difference |= a->bytes[i] ^ b->bytes[i];

  return difference == 0;
}

/**
 * lt_digest_to_hex:
 * @digest: a digest
 *
 * Returns: (transfer full): its 64 hexadecimal digits
 */
char *
lt_digest_to_hex (const LtDigest *digest)
{
  return bytes_to_hex (digest->bytes, sizeof digest->bytes);
}

/**
 * lt_digest_from_hex:
 * @hex: text
 * @digest: (out): the digest
 *
 * Returns: %FALSE if @hex is not 64 hexadecimal digits
 */
gboolean
lt_digest_from_hex (const char *hex, LtDigest *digest)
{
  if (strlen (hex) != 2 * LT_DIGEST_BYTES)
    return FALSE;

  for (gsize i = 0; i < LT_DIGEST_BYTES; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]);
      int low = g_ascii_xdigit_value (hex[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      digest->bytes[i] = (guint8) (high << 4 | low);
    }

  return TRUE;
}
