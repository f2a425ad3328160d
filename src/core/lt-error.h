/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LT_ERROR:
 *
 * The one error domain of Livetrace. Errors of GIO, polkit or json-glib are
 * translated into it at the edge where they arise.
 */
#define LT_ERROR (lt_error_quark ())

/**
 * LtErrorCode:
 *
 * What went wrong. Every code has one D-Bus error name, one HTTP status and one
 * stable `code` word for `application/problem+json`; see lt_error_get_info().
 */
typedef enum
{
  LT_ERROR_FAILED,             /* something the caller cannot help */
  LT_ERROR_INVALID_ARGUMENT,   /* an argument or option is out of range or of the wrong type */
  LT_ERROR_UNKNOWN_OPTION,     /* an option, parameter or member nobody knows */
  LT_ERROR_INVALID_JSON,       /* not JSON as RFC 8259 has it */
  LT_ERROR_INVALID_EVENT,      /* JSON or a{sv}, but not an event */
  LT_ERROR_INVALID_FILTER,     /* a filter that cannot be read */
  LT_ERROR_UNKNOWN_KEY,        /* a filter names a key nobody knows */
  LT_ERROR_INVALID_LEVEL,      /* not a level */
  LT_ERROR_INVALID_REQUEST,    /* an HTTP request that breaks RFC 9112 or our rules */
  LT_ERROR_UNAUTHENTICATED,    /* no credential, or one that is unknown or expired */
  LT_ERROR_DENIED,             /* known, but not allowed */
  LT_ERROR_FOREIGN_ORIGIN,     /* a web page elsewhere asked */
  LT_ERROR_NOT_FOUND,          /* no such thing */
  LT_ERROR_METHOD_NOT_ALLOWED, /* the path exists, the method does not */
  LT_ERROR_NOT_ACCEPTABLE,     /* no format the client accepts */
  LT_ERROR_REQUEST_TIMEOUT,    /* the client was too slow */
  LT_ERROR_LENGTH_REQUIRED,    /* a body without Content-Length */
  LT_ERROR_TOO_LARGE,          /* over a limit in bytes or counts */
  LT_ERROR_UNSUPPORTED_MEDIA,  /* a content type or encoding we do not read */
  LT_ERROR_MISDIRECTED,        /* a Host that is not ours */
  LT_ERROR_TARGET_TOO_LONG,    /* an HTTP request target over its limit */
  LT_ERROR_HEAD_TOO_LARGE,     /* an HTTP head over its limit */
  LT_ERROR_TOO_MANY,           /* a limit per caller is used up */
  LT_ERROR_BUSY,               /* a limit of the whole service is used up: try again */
  LT_ERROR_INVALID_CONFIG,     /* a configuration that cannot be used */
  LT_ERROR_IO,                 /* a file, socket or bus failed */
  LT_ERROR_CANCELLED,          /* the caller went away */
} LtErrorCode;

#define LT_N_ERRORS (LT_ERROR_CANCELLED + 1)

/**
 * LtErrorInfo:
 * @dbus_name: the D-Bus error name, such as `org.livetrace.Livetrace1.Error.UnknownKey`
 * @http_status: the HTTP status, such as 400
 * @problem: the stable `code` of a problem document, such as `unknown-key`
 * @title: the problem's short English title
 */
typedef struct
{
  const char *dbus_name;
  unsigned int http_status;
  const char *problem;
  const char *title;
} LtErrorInfo;

GQuark lt_error_quark (void);
const LtErrorInfo *lt_error_get_info (LtErrorCode code);

gssize lt_error_get_position (const GError *error);
gssize lt_error_get_index (const GError *error);
void lt_error_set_position (GError *error, gssize position);
void lt_error_set_index (GError *error, gssize index);
gboolean lt_error_fail_at (GError **error, LtErrorCode code, gsize position, const char *format,
                           ...) G_GNUC_PRINTF (4, 5);
void lt_error_translate (GError **error, LtErrorCode code, const char *what);

G_END_DECLS
