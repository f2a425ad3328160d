/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-event-builder.h"

G_BEGIN_DECLS

/**
 * LtEventMemberIndex:
 *
 * The members an event may have, in every form it is written.
 */
typedef enum
{
  LT_EVENT_MEMBER_TYPE,
  LT_EVENT_MEMBER_CREATED_AT,
  LT_EVENT_MEMBER_LEVEL,
  LT_EVENT_MEMBER_TEXT,
  LT_EVENT_MEMBER_DETAILS,
  LT_EVENT_MEMBER_SPAN,
  LT_EVENT_MEMBER_DATA,
  LT_EVENT_MEMBER_ID,
  LT_EVENT_MEMBER_BACKFILL,
} LtEventMemberIndex;

#define LT_N_EVENT_MEMBERS (LT_EVENT_MEMBER_BACKFILL + 1)

/**
 * LtEventMember:
 * @name: as JSON has it
 * @set: (nullable): takes its text; `data` has none, nor have those that are ignored
 * @nested: whether it means something in a nested event; else it is ignored there
 */
typedef struct
{
  const char *name;
  gboolean (*set) (LtEventBuilder *builder, const char *text, gssize length, GError **error);
  gboolean nested;
} LtEventMember;

extern const LtEventMember lt_event_members[LT_N_EVENT_MEMBERS];

const char *lt_event_member_find_similar (const char *name, gsize length);

G_END_DECLS
