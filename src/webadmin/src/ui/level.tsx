// SPDX-License-Identifier: LGPL-2.1-or-later
export const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type Level = (typeof LEVELS)[number];

/** A level as a small label: its word, on its colour. */
export function LevelBadge({ level }: { level: string }) {
  return <span class={`level level-${level}`}>{level}</span>;
}
