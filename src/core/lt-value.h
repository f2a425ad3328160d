/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-address.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct _LtKey LtKey;
typedef struct _LtField LtField;
typedef struct _LtValue LtValue;
typedef struct _LtNested LtNested;

/**
 * LtValueKind:
 *
 * The kinds of values. A value of a kind that JSON does not know keeps the text
 * its producer wrote, so that what goes out parses to what came in.
 */
typedef enum
{
  LT_VALUE_NONE = 0, /* no kind named: a catalogue's word only, never a value's */
  LT_VALUE_STRING,
  LT_VALUE_INTEGER,  /* signed 64 bits */
  LT_VALUE_UNSIGNED, /* only values above G_MAXINT64 */
  LT_VALUE_NUMBER,   /* a finite IEEE 754 double */
  LT_VALUE_BOOLEAN,
  LT_VALUE_IP,       /* a string holding an IPv4 or IPv6 address */
  LT_VALUE_TIME,     /* a string holding an RFC 3339 time */
  LT_VALUE_DURATION, /* an integer, milliseconds */
  LT_VALUE_BYTES,    /* a string holding base64 (RFC 4648 section 4) */
  LT_VALUE_LIST,
  LT_VALUE_EVENT, /* a nested event */
} LtValueKind;

/**
 * LtIpData:
 *
 * What an %LT_VALUE_IP points to.
 */
typedef struct
{
  LtAddress address;
  char text[]; /* as the producer wrote it, NUL-terminated; length in LtValue.length */
} LtIpData;

/**
 * LtTimeData:
 *
 * What an %LT_VALUE_TIME points to.
 */
typedef struct
{
  gint64 unix_us; /* microseconds since 1970-01-01T00:00:00Z */
  char text[];    /* as the producer wrote it, NUL-terminated; length in LtValue.length */
} LtTimeData;

/**
 * LtValue:
 *
 * One value inside an event. It owns nothing: all it points to lies in the block of
 * its event and lives as long as the event does.
 */
struct _LtValue
{
  guint8 kind;    /* LtValueKind */
  guint32 length; /* bytes of text (string, ip, time, bytes), or number of list items */
  union
  {
    const char *string;     /* string, bytes: NUL-terminated UTF-8, holds no NUL inside */
    gint64 integer;         /* integer, duration */
    guint64 uinteger;       /* unsigned */
    double number;          /* number */
    gboolean boolean;       /* boolean */
    const LtIpData *ip;     /* ip */
    const LtTimeData *time; /* time */
    const LtValue *items;   /* list */
    const LtNested *nested; /* nested event */
  };
};

/**
 * LtField:
 *
 * A key and its value.
 */
struct _LtField
{
  LtKey *key; /* (unowned): the event holds a reference */
  LtValue value;
};

const char *lt_value_kind_to_string (LtValueKind kind);
gboolean lt_value_kind_from_string (const char *text, LtValueKind *kind);
const char *lt_value_get_text (const LtValue *value);
gboolean lt_value_get_double (const LtValue *value, double *number);
gboolean lt_value_equal (const LtValue *a, const LtValue *b);

G_END_DECLS
