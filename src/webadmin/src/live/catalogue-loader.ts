// SPDX-License-Identifier: LGPL-2.1-or-later
import { effect, untracked } from '@preact/signals';
import type { Problem } from '../app/api.js';
import { language } from '../app/i18n.js';
import { loadCatalogue } from './catalogue.js';
import { streamState } from './model.js';

/** How long to wait before the daemon is asked again, at first and at most. */
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 60_000;

/** Whether there may be an answer the next time. */
function isPassing({ status }: Problem): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/**
 * Has the titles of keys and types, in the language of the page. Where they do not come, the daemon is asked again after
 * a while, and at once when its stream has come back.
 *
 * @param onLoaded called whenever they have come
 * @returns ends it
 */
export function keepCatalogue(onLoaded: () => void): () => void {
  let aborter = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;   // where it is to be tried again
  let wait = RETRY_FIRST_MS;

  const load = async () => {
    clearTimeout(timer);
    timer = undefined;
    aborter.abort();
    aborter = new AbortController();
    const { signal } = aborter;
    try {
      await loadCatalogue(signal);
      if (!signal.aborted)
        onLoaded();
    } catch (error) {
      if (signal.aborted || !isPassing(error as Problem))
        return;
      timer = setTimeout(() => void load(), wait * (0.5 + Math.random() / 2));
      wait = Math.min(2 * wait, RETRY_MOST_MS);
    }
  };
  const stops = [
    effect(() => {
      void language.value;
      wait = RETRY_FIRST_MS;
      untracked(() => void load());
    }),
    effect(() => {
      if (streamState.value.name === 'live' && timer !== undefined)
        untracked(() => void load());
    }),
  ];
  return () => {
    for (const stop of stops)
      stop();
    clearTimeout(timer);
    aborter.abort();
  };
}
