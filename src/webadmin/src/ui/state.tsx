// SPDX-License-Identifier: LGPL-2.1-or-later
import type { ComponentChildren } from 'preact';

/** A state in a word, with a dot whose shape and colour say how good it is. */
export function StateBadge({ kind, children }: { kind: 'good' | 'plain' | 'notice' | 'problem'; children: ComponentChildren }) {
  return <span class={`state state-${kind}`}>{children}</span>;
}
