// SPDX-License-Identifier: LGPL-2.1-or-later

const NAME = 'livetrace.filters';
const MAX_FILTERS = 30;

/** Filters that were used, newest first. */
export function readHistory(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? '[]');
    return Array.isArray(kept) ? kept.filter((text): text is string => typeof text === 'string').slice(0, MAX_FILTERS) : [];
  } catch {
    return [];
  }
}

/** Puts a filter before all others. */
export function addToHistory(text: string): void {
  if (text === '' || text.length > 2000)
    return;
  try {
    localStorage.setItem(NAME, JSON.stringify([text, ...readHistory().filter((other) => other !== text)].slice(0, MAX_FILTERS)));
  } catch {
    // Storage may be forbidden or full; there is no history then.
  }
}
