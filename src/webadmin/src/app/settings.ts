// SPDX-License-Identifier: LGPL-2.1-or-later
// What the user has chosen, kept in the browser and shared by its tabs.
import { effect, signal, type Signal } from '@preact/signals';

const PREFIX = 'livetrace.';

function read<T extends string>(name: string, choices: readonly T[]): T {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(PREFIX + name);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  return choices.includes(kept as T) ? (kept as T) : choices[0]!;
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // As above.
  }
}

/** Makes a setting of the given choices, the first of which is the default. */
export function makeSetting<T extends string>(name: string, choices: readonly T[]): Signal<T> {
  const setting = signal(read(name, choices));

  effect(() => write(name, setting.value));
  addEventListener('storage', (event) => {
    if (event.key === PREFIX + name)
      setting.value = read(name, choices);
  });
  return setting;
}

export const theme = makeSetting('theme', ['system', 'light', 'dark']);
export const zone = makeSetting('zone', ['local', 'utc']);
export const languageChoice = makeSetting('language', ['auto', 'en', 'de']);
/** Shortcuts of a single key can be in the way of speech input: they can be turned off. */
export const shortcuts = makeSetting('shortcuts', ['on', 'off']);

effect(() => {
  const root = document.documentElement;
  if (theme.value === 'system')
    delete root.dataset['theme'];
  else
    root.dataset['theme'] = theme.value;
});
