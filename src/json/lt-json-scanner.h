/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How deep JSON may nest before it is refused. */
#define LT_JSON_MAX_NESTING 32

/* Most members of an object that is only checked or skipped. */
#define LT_JSON_MAX_MEMBERS 1024

/* Longest number, in bytes: room for every double written out exactly. */
#define LT_JSON_NUMBER_MAX_BYTES 1100

/**
 * LtJsonNumberKind:
 *
 * How a JSON number is held.
 */
typedef enum
{
  LT_JSON_INTEGER,  /* fits a signed 64-bit integer */
  LT_JSON_UNSIGNED, /* above G_MAXINT64, fits an unsigned one */
  LT_JSON_DOUBLE,   /* written with a fraction or an exponent, or `-0` */
} LtJsonNumberKind;

/**
 * LtJsonNumber:
 *
 * A JSON number, read.
 */
typedef struct
{
  LtJsonNumberKind kind;
  union
  {
    gint64 integer;
    guint64 uinteger;
    double number;
  };
} LtJsonNumber;

/**
 * LtJsonScanner:
 *
 * Walks once over a JSON text, which need not be NUL-terminated and must outlive it.
 * Every reading function expects @cursor at the first byte of what it reads and leaves it
 * behind the last. On failure it sets %LT_ERROR_INVALID_JSON with the position of the byte
 * at fault; then the scanner is of no more use.
 */
typedef struct
{
  const char *text;   /* (unowned): where positions are counted from */
  const char *cursor; /* (unowned): the next byte */
  const char *end;    /* (unowned): behind the last byte */
  guint depth;        /* arrays and objects now open */
  GArray *names;      /* (owned) (nullable): member names of the objects being skipped */
  gsize heap_size;    /* bytes of @heap */
  char *heap;         /* (owned) (nullable): takes over when @scratch is too small */
  char scratch[512];  /* strings with escapes are decoded here */
} LtJsonScanner;

void lt_json_scanner_init (LtJsonScanner *self, const char *text, gsize length);
void lt_json_scanner_clear (LtJsonScanner *self);
gboolean lt_json_scanner_read_string (LtJsonScanner *self, const char **string, gsize *length,
                                      GError **error);
gboolean lt_json_scanner_read_name (LtJsonScanner *self, const char **name, gsize *length,
                                    GError **error);
gboolean lt_json_scanner_read_number (LtJsonScanner *self, LtJsonNumber *number, GError **error);
gboolean lt_json_scanner_read_word (LtJsonScanner *self, const char *word, GError **error);
gboolean lt_json_scanner_skip_value (LtJsonScanner *self, GError **error);
gboolean lt_json_scanner_enter (LtJsonScanner *self, GError **error);
gboolean lt_json_scanner_next (LtJsonScanner *self, char close, gboolean first, gboolean *more,
                               GError **error);
gboolean lt_json_scanner_finish (LtJsonScanner *self, GError **error);

gboolean lt_json_scanner_begins_value (const LtJsonScanner *self);
const char *lt_json_scanner_describe (const LtJsonScanner *self);
gboolean lt_json_scanner_fail (const LtJsonScanner *self, const char *at, GError **error,
                               const char *format, ...) G_GNUC_PRINTF (4, 5);
gboolean lt_json_scanner_fail_value (const LtJsonScanner *self, GError **error);
gboolean lt_json_scanner_fail_twice (const LtJsonScanner *self, const char *at, const char *name,
                                     gsize length, GError **error);
gboolean lt_json_scanner_place (const LtJsonScanner *self, const char *at, GError **error);

static inline void
lt_json_scanner_skip_space (LtJsonScanner *self)
{
  while (self->cursor < self->end
         && (*self->cursor == ' ' || *self->cursor == '\n' || *self->cursor == '\r'
             || *self->cursor == '\t'))
    self->cursor++;
}

/* The next byte, or NUL at the end: no JSON token begins with one. */
static inline char
lt_json_scanner_peek (const LtJsonScanner *self)
{
  return self->cursor < self->end ? *self->cursor : '\0';
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LtJsonScanner, lt_json_scanner_clear)

G_END_DECLS
