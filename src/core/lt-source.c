/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-source.h"

G_DEFINE_INTERFACE (LtSource, lt_source, G_TYPE_OBJECT)

static void
lt_source_default_init (LtSourceInterface *interface)
{
  (void) interface;
}

/**
 * lt_source_status_clear:
 * @status: (not nullable): what lt_source_get_status() filled in
 *
 * Frees what @status holds and sets it to zero.
 */
void
lt_source_status_clear (LtSourceStatus *status)
{
  g_return_if_fail (status != NULL);

  g_free (status->detail);
  *status = (LtSourceStatus){ 0 };
}

/**
 * lt_source_get_name:
 * @self: a source
 *
 * Returns: (transfer none) (not nullable): the name the configuration gave it
 */
const char *
lt_source_get_name (LtSource *self)
{
  g_return_val_if_fail (LT_IS_SOURCE (self), "");

  return LT_SOURCE_GET_IFACE (self)->get_name (self);
}

/**
 * lt_source_start:
 * @self: a source that is not running
 * @error: where to put %LT_ERROR_IO or %LT_ERROR_INVALID_CONFIG
 *
 * Begins to read. A source that can wait for its input (a file that does not exist
 * yet) starts all the same and says "waiting".
 *
 * Returns: %FALSE with @error set if the source cannot run
 */
gboolean
lt_source_start (LtSource *self, GError **error)
{
  g_return_val_if_fail (LT_IS_SOURCE (self), FALSE);

  return LT_SOURCE_GET_IFACE (self)->start (self, error);
}

/**
 * lt_source_stop:
 * @self: a source
 *
 * Ends reading and saves the place, if the source keeps one. May be called more than once.
 */
void
lt_source_stop (LtSource *self)
{
  g_return_if_fail (LT_IS_SOURCE (self));

  LT_SOURCE_GET_IFACE (self)->stop (self);
}

/**
 * lt_source_get_status:
 * @self: a source
 * @status: (out caller-allocates): cleared by lt_source_status_clear()
 *
 * Tells how the source is doing.
 */
void
lt_source_get_status (LtSource *self, LtSourceStatus *status)
{
  g_return_if_fail (LT_IS_SOURCE (self));
  g_return_if_fail (status != NULL);

  *status = (LtSourceStatus){ 0 };
  LT_SOURCE_GET_IFACE (self)->get_status (self, status);
}
