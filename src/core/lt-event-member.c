/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-event-member.h"

/**
 * lt_event_members:
 *
 * What each member does, by #LtEventMemberIndex.
 */
const LtEventMember lt_event_members[LT_N_EVENT_MEMBERS] = {
  [LT_EVENT_MEMBER_TYPE] = { "type", lt_event_builder_set_type, TRUE },
  [LT_EVENT_MEMBER_CREATED_AT] = { "createdAt", lt_event_builder_set_created_at_text, TRUE },
  [LT_EVENT_MEMBER_LEVEL] = { "level", lt_event_builder_set_level, TRUE },
  [LT_EVENT_MEMBER_TEXT] = { "text", lt_event_builder_set_text, TRUE },
  [LT_EVENT_MEMBER_DETAILS] = { "details", lt_event_builder_set_details, TRUE },
  [LT_EVENT_MEMBER_SPAN] = { "span", lt_event_builder_set_role_text, FALSE },
  [LT_EVENT_MEMBER_DATA] = { "data", NULL, TRUE },
  [LT_EVENT_MEMBER_ID] = { "id", NULL, FALSE },
  [LT_EVENT_MEMBER_BACKFILL] = { "backfill", NULL, FALSE },
};

/**
 * lt_event_member_find_similar:
 * @name: a name that no member has
 * @length: bytes of @name
 *
 * Returns: (transfer none) (nullable): the member that has this name but for `-`, `_` and ASCII
 *   case
 */
const char *
lt_event_member_find_similar (const char *name, gsize length)
{
  g_autofree char *folded = length <= LT_KEY_MAX_BYTES ? lt_key_fold (name, (gssize) length) : NULL;

  if (folded == NULL)
    return NULL;

  for (guint i = 0; i < LT_N_EVENT_MEMBERS; i++)
    {
      if (g_ascii_strcasecmp (lt_event_members[i].name, folded) == 0)
        return lt_event_members[i].name;
    }

  return NULL;
}
