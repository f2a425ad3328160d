/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Characters of a secret behind its prefix: 32 random bytes as base64url. */
#define LT_SECRET_CHARS 43

/* Bytes of a SHA-256 digest. */
#define LT_DIGEST_BYTES 32

/**
 * LtDigest:
 *
 * What is kept of a secret: its SHA-256.
 */
typedef struct
{
  guint8 bytes[LT_DIGEST_BYTES];
} LtDigest;

char *lt_secret_new (const char *prefix);
char *lt_secret_new_id (void);

void lt_digest_of (const char *secret, LtDigest *digest);
gboolean lt_digest_equal (const LtDigest *a, const LtDigest *b);
char *lt_digest_to_hex (const LtDigest *digest);
gboolean lt_digest_from_hex (const char *hex, LtDigest *digest);

G_END_DECLS
