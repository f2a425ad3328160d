// SPDX-License-Identifier: LGPL-2.1-or-later

/** Reads a time as events have it; gives microseconds since 1970. */
export function readTime(text: string): number {
  return Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(text.slice(20, 26));
}
