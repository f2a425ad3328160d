// SPDX-License-Identifier: LGPL-2.1-or-later

/** The last second that was read, and its microseconds: events come many a second, and parsing is slow. */
const last = { second: '', us: 0 };

/** Reads a time as events have it; gives microseconds since 1970. */
export function readTime(text: string): number {
  const second = text.slice(0, 19);
  if (second !== last.second) {
    last.second = second;
    last.us = Date.parse(`${second}Z`) * 1000;
  }
  return last.us + Number(text.slice(20, 26));
}
