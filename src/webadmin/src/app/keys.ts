// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyboard shortcuts: one registry for all views, from which the help sheet is made.
import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { shortcuts } from './settings.js';

export interface Shortcut {
  /** `KeyboardEvent.key`s, separated by spaces if several are pressed one after the other: "j", "g l", "Shift+ArrowDown", "Ctrl+Enter" */
  keys: string;
  /** other ways to write it that the help sheet does not list */
  also?: string[];
  /** what it does, for the help sheet */
  text: string;
  run: (event: KeyboardEvent) => void;
  /** also while a text field has the focus */
  inFields?: boolean;
  /** whether it is meant now; where it is not, the key keeps what it does in the browser */
  when?: (event: KeyboardEvent) => boolean;
}

export interface ShortcutGroup {
  /** headline in the help sheet */
  title: string;
  shortcuts: Shortcut[];
}

/** What is in force; later groups win. */
export const groups = signal<ShortcutGroup[]>([]);

const SEQUENCE_MS = 1200;
let pending = '';
let pendingSince = 0;

function nameKey(event: KeyboardEvent): string {
  let name = event.key === ' ' ? 'Space' : event.key;
  if (event.shiftKey && name.length > 1)
    name = `Shift+${name}`;
  if (event.altKey)
    name = `Alt+${name}`;
  if (event.ctrlKey || event.metaKey)
    name = `Ctrl+${name}`;
  return name;
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement
    && (target.isContentEditable || target.matches('input:not([type=checkbox],[type=radio]), textarea, select'));
}

function find(keys: string, inField: boolean, event: KeyboardEvent): Shortcut | undefined {
  for (const group of [...groups.value].reverse())
    for (const shortcut of group.shortcuts)
      if ((shortcut.keys === keys || shortcut.also?.includes(keys)) && (shortcut.inFields || !inField)
        && (shortcut.when?.(event) ?? true))
        return shortcut;
  return undefined;
}

function startsSequence(keys: string): boolean {
  return groups.value.some((group) => group.shortcuts.some((shortcut) => [shortcut.keys, ...shortcut.also ?? []].some((known) => known.startsWith(`${keys} `))));
}

addEventListener('keydown', (event) => {
  const inField = isField(event.target);
  const name = nameKey(event);

  if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key))
    return;
  // A dialog is modal: what lies behind it does not hear.
  if (document.querySelector('dialog[open]') !== null)
    return;
  if (shortcuts.value === 'off' && name.length === 1)
    return;

  const sequence = pending !== '' && event.timeStamp - pendingSince < SEQUENCE_MS ? `${pending} ${name}` : name;
  const shortcut = find(sequence, inField, event) ?? find(name, inField, event);

  pending = '';
  if (shortcut !== undefined) {
    event.preventDefault();
    shortcut.run(event);
  } else if (!inField && startsSequence(sequence)) {
    pending = sequence;
    pendingSince = event.timeStamp;
  }
});

/** Registers shortcuts; the answer takes them away again. */
export function addShortcuts(group: ShortcutGroup): () => void {
  groups.value = [...groups.value, group];
  return () => {
    groups.value = groups.value.filter((other) => other !== group);
  };
}

/** Registers shortcuts as long as a component is there: from when it is seen. `make` is called again when `inputs` change. */
export function useShortcuts(make: () => ShortcutGroup, inputs: unknown[] = []): void {
  useLayoutEffect(() => addShortcuts(make()), inputs);
}
