/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-body.h"

#include "core/lt-error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* What is read in one turn of the main loop. */
#define TURN_BYTES (256 * 1024)

/**
 * lt_http_body_new:
 * @gate: where to set memory aside
 * @size: bytes of the body
 * @limit: the most it may have
 * @error: return location for %LT_ERROR_TOO_LARGE and %LT_ERROR_BUSY
 *
 * Returns: (transfer full): a body nothing of which has come in, or %NULL if it is too
 *   large, or there are too many under way
 */
LtHttpBody *
lt_http_body_new (LtHttpGate *gate, guint64 size, guint64 limit, GError **error)
{
  LtHttpBody *self;

  if (limit == 0)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_TOO_LARGE, "this request takes no body");
      return NULL;
    }
  if (size > limit)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_TOO_LARGE,
                   "the body has %" G_GUINT64_FORMAT " bytes, at most %" G_GUINT64_FORMAT
                   " are taken here; send it in parts",
                   size, limit);
      return NULL;
    }
  if (!lt_http_gate_reserve_body (gate, size))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_BUSY,
                   "there are too many bodies under way; try again later");
      return NULL;
    }

  self = g_new0 (LtHttpBody, 1);
  self->gate = lt_http_gate_ref (gate);
  self->data = g_malloc (size);
  self->size = size;
  return self;
}

/**
 * lt_http_body_free:
 * @self: (transfer full): a body
 *
 * Frees a body, and gives back what was set aside for it.
 */
void
lt_http_body_free (LtHttpBody *self)
{
  lt_http_gate_release_body (self->gate, self->size);
  lt_http_gate_unref (self->gate);
  g_free (self->data);
  g_free (self);
}

/**
 * lt_http_body_add:
 * @self: a body
 * @data: what came in already
 * @length: bytes of @data; what is beyond the body's end is not taken
 *
 * Adds bytes to the body.
 */
void
lt_http_body_add (LtHttpBody *self, const guint8 *data, gsize length)
{
  length = MIN (length, self->size - self->n_read);
  memcpy (self->data + self->n_read, data, length);
  self->n_read += length;
}

/**
 * lt_http_body_read:
 * @self: a body
 * @fd: a socket
 *
 * Reads what has come in, without blocking, and at most so much as fits one turn of the
 * main loop.
 *
 * Returns: how far the body is now
 */
LtHttpBodyStatus
lt_http_body_read (LtHttpBody *self, int fd)
{
  for (gsize turn = 0; self->n_read < self->size && turn < TURN_BYTES;)
    {
      gsize wanted = MIN (self->size - self->n_read, TURN_BYTES - turn);
      gssize n = recv (fd, self->data + self->n_read, wanted, MSG_DONTWAIT);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno == EAGAIN ? LT_HTTP_BODY_WAITING : LT_HTTP_BODY_BROKEN;
      if (n == 0)
        return LT_HTTP_BODY_ENDED;
      self->n_read += (gsize) n;
      turn += (gsize) n;
    }

  return self->n_read < self->size ? LT_HTTP_BODY_WAITING : LT_HTTP_BODY_COMPLETE;
}

static void
free_body (gpointer data)
{
  lt_http_body_free (data);
}

/**
 * lt_http_body_free_to_bytes:
 * @self: (transfer full): a complete body
 *
 * Returns: (transfer full): its bytes, for which memory stays set aside until they are freed
 */
GBytes *
lt_http_body_free_to_bytes (LtHttpBody *self)
{
  return g_bytes_new_with_free_func (self->data, self->size, free_body, self);
}
