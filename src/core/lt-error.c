/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-error.h"

#include <gio/gio.h>

typedef struct
{
  gssize position; /* bytes into the input, or -1 */
  gssize index;    /* which event of a batch, or -1 */
} LtErrorPrivate;

#define LT_ERROR_DBUS_PREFIX "org.livetrace.Livetrace1.Error."

static const LtErrorInfo error_infos[LT_N_ERRORS] = {
  [LT_ERROR_FAILED] = { LT_ERROR_DBUS_PREFIX "Failed", 500, "failed", "Internal error" },
  [LT_ERROR_INVALID_ARGUMENT]
  = { LT_ERROR_DBUS_PREFIX "InvalidArgument", 400, "invalid-argument", "Invalid argument" },
  [LT_ERROR_UNKNOWN_OPTION]
  = { LT_ERROR_DBUS_PREFIX "UnknownOption", 400, "unknown-option", "Unknown option" },
  [LT_ERROR_INVALID_JSON]
  = { LT_ERROR_DBUS_PREFIX "InvalidJson", 400, "invalid-json", "Invalid JSON" },
  [LT_ERROR_INVALID_EVENT]
  = { LT_ERROR_DBUS_PREFIX "InvalidEvent", 400, "invalid-event", "Invalid event" },
  [LT_ERROR_INVALID_FILTER]
  = { LT_ERROR_DBUS_PREFIX "InvalidFilter", 400, "invalid-filter", "Invalid filter" },
  [LT_ERROR_UNKNOWN_KEY] = { LT_ERROR_DBUS_PREFIX "UnknownKey", 400, "unknown-key", "Unknown key" },
  [LT_ERROR_INVALID_LEVEL]
  = { LT_ERROR_DBUS_PREFIX "InvalidLevel", 400, "invalid-level", "Invalid level" },
  [LT_ERROR_INVALID_REQUEST]
  = { LT_ERROR_DBUS_PREFIX "InvalidRequest", 400, "invalid-request", "Invalid request" },
  [LT_ERROR_UNAUTHENTICATED]
  = { LT_ERROR_DBUS_PREFIX "Unauthenticated", 401, "unauthenticated", "Not signed in" },
  [LT_ERROR_DENIED] = { LT_ERROR_DBUS_PREFIX "Denied", 403, "denied", "Permission denied" },
  [LT_ERROR_FOREIGN_ORIGIN]
  = { LT_ERROR_DBUS_PREFIX "ForeignOrigin", 403, "foreign-origin", "Foreign origin" },
  [LT_ERROR_NOT_FOUND] = { LT_ERROR_DBUS_PREFIX "NotFound", 404, "not-found", "Not found" },
  [LT_ERROR_METHOD_NOT_ALLOWED]
  = { LT_ERROR_DBUS_PREFIX "MethodNotAllowed", 405, "method-not-allowed", "Method not allowed" },
  [LT_ERROR_NOT_ACCEPTABLE]
  = { LT_ERROR_DBUS_PREFIX "NotAcceptable", 406, "not-acceptable", "Not acceptable" },
  [LT_ERROR_REQUEST_TIMEOUT]
  = { LT_ERROR_DBUS_PREFIX "RequestTimeout", 408, "request-timeout", "Request timeout" },
  [LT_ERROR_LENGTH_REQUIRED]
  = { LT_ERROR_DBUS_PREFIX "LengthRequired", 411, "length-required", "Length required" },
  [LT_ERROR_TOO_LARGE] = { LT_ERROR_DBUS_PREFIX "TooLarge", 413, "too-large", "Too large" },
  [LT_ERROR_UNSUPPORTED_MEDIA]
  = { LT_ERROR_DBUS_PREFIX "UnsupportedMedia", 415, "unsupported-media", "Unsupported media type" },
  [LT_ERROR_MISDIRECTED]
  = { LT_ERROR_DBUS_PREFIX "Misdirected", 421, "misdirected", "Misdirected request" },
  [LT_ERROR_TARGET_TOO_LONG]
  = { LT_ERROR_DBUS_PREFIX "TargetTooLong", 414, "target-too-long", "Request target too long" },
  [LT_ERROR_HEAD_TOO_LARGE] = { LT_ERROR_DBUS_PREFIX "HeadTooLarge", 431, "head-too-large",
                                "Request header fields too large" },
  [LT_ERROR_TOO_MANY] = { LT_ERROR_DBUS_PREFIX "TooMany", 429, "too-many", "Too many requests" },
  [LT_ERROR_BUSY] = { LT_ERROR_DBUS_PREFIX "Busy", 503, "busy", "Busy" },
  [LT_ERROR_INVALID_CONFIG]
  = { LT_ERROR_DBUS_PREFIX "InvalidConfig", 500, "invalid-config", "Invalid configuration" },
  [LT_ERROR_IO] = { LT_ERROR_DBUS_PREFIX "Io", 500, "io", "Input or output failed" },
  [LT_ERROR_CANCELLED] = { LT_ERROR_DBUS_PREFIX "Cancelled", 499, "cancelled", "Cancelled" },
};

static void
lt_error_private_init (LtErrorPrivate *priv)
{
  priv->position = -1;
  priv->index = -1;
}

static void
lt_error_private_copy (const LtErrorPrivate *source, LtErrorPrivate *destination)
{
  *destination = *source;
}

static void
lt_error_private_clear (LtErrorPrivate *priv)
{
  (void) priv;
}

/* G_DEFINE_EXTENDED_ERROR() names its accessor after the type. */
G_DEFINE_EXTENDED_ERROR (LtError, lt_error)

/**
 * lt_error_get_info:
 * @code: an error code
 *
 * Returns: (transfer none) (not nullable): how @code appears over D-Bus and HTTP
 */
const LtErrorInfo *
lt_error_get_info (LtErrorCode code)
{
  g_return_val_if_fail ((unsigned int) code < LT_N_ERRORS, &error_infos[LT_ERROR_FAILED]);

  return &error_infos[code];
}

/**
 * lt_error_get_position:
 * @error: any error
 *
 * Returns: where in the input the error lies, in bytes from its start (0 is the
 *   first byte), or -1 where that is not known
 */
gssize
lt_error_get_position (const GError *error)
{
  if (error == NULL || error->domain != LT_ERROR)
    return -1;

  return lt_error_get_private (error)->position;
}

/**
 * lt_error_get_index:
 * @error: any error
 *
 * Returns: which event of a batch is meant, from 0, or -1 where that is not known
 */
gssize
lt_error_get_index (const GError *error)
{
  if (error == NULL || error->domain != LT_ERROR)
    return -1;

  return lt_error_get_private (error)->index;
}

/**
 * lt_error_set_position:
 * @error: an error of the domain %LT_ERROR
 * @position: bytes into the input, or -1
 *
 * Says where in the input the error lies.
 */
void
lt_error_set_position (GError *error, gssize position)
{
  g_return_if_fail (error != NULL && error->domain == LT_ERROR);

  lt_error_get_private (error)->position = position;
}

/**
 * lt_error_set_index:
 * @error: an error of the domain %LT_ERROR
 * @index: which event of a batch is meant, from 0, or -1
 *
 * Says which event of a batch is meant.
 */
void
lt_error_set_index (GError *error, gssize index)
{
  g_return_if_fail (error != NULL && error->domain == LT_ERROR);

  lt_error_get_private (error)->index = index;
}

/**
 * lt_error_fail_at:
 * @error: (out) (nullable): return location
 * @code: what went wrong
 * @position: where in the input, in bytes from its start
 * @format: the message, as printf() has it
 * @...: what goes into @format
 *
 * Sets an error that says where in the input it lies.
 *
 * Returns: %FALSE, so that a function can end in this call
 */
gboolean
lt_error_fail_at (GError **error, LtErrorCode code, gsize position, const char *format, ...)
{
  va_list arguments;

  if (error == NULL)
    return FALSE;

  va_start (arguments, format);
  *error = g_error_new_valist (LT_ERROR, code, format, arguments);
  va_end (arguments);
  lt_error_set_position (*error, (gssize) position);
  return FALSE;
}

/**
 * lt_error_translate:
 * @error: (inout) (nullable): where an error may have been put
 * @code: the code to give it where its own domain says nothing better
 * @what: what was being done, such as "cannot read “/etc/livetrace/x.conf”"
 *
 * Replaces an error of a foreign domain by one of %LT_ERROR that says "@what: …".
 * A cancellation becomes %LT_ERROR_CANCELLED whatever @code is. An error that is
 * already of our domain only gets @what put before its message.
 */
void
lt_error_translate (GError **error, LtErrorCode code, const char *what)
{
  g_autoptr (GError) foreign = NULL;

  if (error == NULL || *error == NULL)
    return;

  if ((*error)->domain == LT_ERROR)
    {
      g_prefix_error (error, "%s: ", what);
      return;
    }

  foreign = g_steal_pointer (error);
  if (g_error_matches (foreign, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    code = LT_ERROR_CANCELLED;
  g_set_error (error, LT_ERROR, code, "%s: %s", what, foreign->message);
}
