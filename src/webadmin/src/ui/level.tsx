// SPDX-License-Identifier: LGPL-2.1-or-later
export { LEVELS, type Level } from '../stream/batch.js';

/** A level as a small label: its word, on its colour. */
export function LevelBadge({ level }: { level: string }) {
  return <span class={`level level-${level}`}>{level}</span>;
}
