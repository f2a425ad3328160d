// SPDX-License-Identifier: LGPL-2.1-or-later
// The page's words. English ones stand in the source; translations come from po/*.po.
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

declare const TRANSLATIONS: Record<string, string>;

type Words = Record<string, string | string[]>;

/** The language in use. Texts made by t() follow it where they are made while rendering. */
export const language = signal('en');
const words = signal<Words>({});
let plurals = new Intl.PluralRules('en');

function choose(choice: string): string {
  const wanted = choice === 'auto' ? navigator.languages : [choice];
  for (const tag of wanted) {
    const code = tag.toLowerCase().split('-')[0]!;
    if (code === 'en' || code in TRANSLATIONS)
      return code;
  }
  return 'en';
}

/** Loads a language, or with "auto" the first of the browser's that there is. */
export async function loadLanguage(choice: string): Promise<void> {
  const code = choose(choice);
  let loaded: Words = {};

  if (code in TRANSLATIONS) {
    const response = await fetch(TRANSLATIONS[code]!);
    if (!response.ok)
      return;
    loaded = (await response.json()) as Words;
  }
  plurals = new Intl.PluralRules(code);
  words.value = loaded;
  language.value = code;
  document.documentElement.lang = code;
}

function fill(text: string, values?: Record<string, string | number>): string {
  if (values === undefined)
    return text;
  return text.replace(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark));
}

/** Translates a literal text. `{name}` in it is replaced by that value. */
export function t(msgid: string, values?: Record<string, string | number>): string {
  const found = words.value[msgid];
  return fill(typeof found === 'string' ? found : msgid, values);
}

/** Translates a literal text that depends on a count, which is also the value `{count}`. */
export function tn(one: string, many: string, count: number, values?: Record<string, string | number>): string {
  const forms = words.value[one];
  const category = plurals.select(count);
  const text = Array.isArray(forms)
    ? forms[plurals.resolvedOptions().pluralCategories.indexOf(category)] ?? forms[forms.length - 1]!
    : count === 1 ? one : many;
  return fill(text, { count: formatCount(count), ...values });
}

function formatCount(count: number): string {
  return new Intl.NumberFormat(language.value).format(count);
}

/** Puts elements in the place of `{name}` in a translated text. */
export function rich(text: string, parts: Record<string, ComponentChildren>): ComponentChildren[] {
  return text.split(/(\{\w+\})/).map((piece) => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    return name !== undefined && name in parts ? parts[name] : piece;
  });
}
