// SPDX-License-Identifier: LGPL-2.1-or-later
import { LEVELS } from '../stream/batch.js';
import { foldName, quoteValue, readTerms } from './terms.js';

export interface Choice {
  insert: string;                              // what replaces the stretch
  label: string;
  detail: string;                              // beside it, for people
  kind: 'key' | 'type' | 'level' | 'value';
}

/** Choices for a stretch of the text. */
export interface Completion {
  from: number;
  to: number;
  choices: Choice[];
}

/** Where choices come from. */
export interface Vocabulary {
  keys: { key: string; title: string }[];
  types: { type: string; title: string }[];
  levelTitle(level: string): string;
  values(key: string): string[];
}

const FIELDS = ['type', 'level', 'text', 'span', 'createdAt'];
const MAX_CHOICES = 40;

/** Those whose name begins with what was typed, then those that hold it in one of their texts. */
function rank<T>(items: T[], typed: string, texts: (item: T) => [string, ...string[]]): T[] {
  const wanted = typed.toLowerCase();
  const begins = (item: T) => texts(item)[0].toLowerCase().startsWith(wanted);
  const holds = (item: T) => texts(item).some((text) => text.toLowerCase().includes(wanted));
  return [...items.filter(begins), ...items.filter((item) => !begins(item) && holds(item))].slice(0, MAX_CHOICES);
}

function completeName(typed: string, vocabulary: Vocabulary): Choice[] {
  const keys = [...FIELDS.map((key) => ({ key, title: '' })), ...vocabulary.keys.filter(({ key }) => !FIELDS.includes(key))];
  const folded = foldName(typed);
  return rank(keys, folded, ({ key, title }) => [foldName(key), title]).map(({ key, title }): Choice =>
    ({ insert: `${key}:`, label: key, detail: title, kind: 'key' }));
}

function completeType(typed: string, vocabulary: Vocabulary): Choice[] {
  const groups = new Map<string, number>();
  for (const { type } of vocabulary.types) {
    const group = type.slice(0, type.indexOf('.') + 1);
    if (group !== '')
      groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  const globs = [...groups].filter(([, count]) => count > 1).map(([group]) => ({ type: `${group}*`, title: '' }));
  return rank([...globs, ...vocabulary.types], typed.replace(/\*$/, ''), ({ type, title }) => [type, title]).map(({ type, title }): Choice =>
    ({ insert: type, label: type, detail: title, kind: 'type' }));
}

function completeValue(name: string, typed: string, vocabulary: Vocabulary): Choice[] {
  const folded = foldName(name);
  if (folded === 'level')
    return rank([...LEVELS], typed, (level) => [level]).map((level): Choice =>
      ({ insert: level, label: level, detail: vocabulary.levelTitle(level), kind: 'level' }));
  const values = folded === 'span' ? ['start', 'end'] : vocabulary.values(name);
  return rank(values, typed, (value) => [value]).map((value): Choice =>
    ({ insert: quoteValue(value), label: value, detail: '', kind: 'value' }));
}

/** What the word at the caret could become; null where there is nothing to say. */
export function complete(text: string, caret: number, vocabulary: Vocabulary): Completion | null {
  const known = new Set(vocabulary.keys.map(({ key }) => foldName(key)));
  const term = readTerms(text, (name) => known.has(foldName(name))).find(({ start, end }) => start < caret && caret <= end);
  if (term === undefined)
    return { from: caret, to: caret, choices: completeName('', vocabulary) };
  if (term.name === null) {
    const from = term.start + Number(term.negated);
    return term.quoted || caret < from ? null : { from, to: term.end, choices: completeName(text.slice(from, caret), vocabulary) };
  }
  if (caret < term.valueStart || ['~', '<', '<=', '>', '>='].includes(term.operator))
    return null;
  if (foldName(term.name) === 'type') {
    const from = Math.max(term.valueStart, text.lastIndexOf(',', caret - 1) + 1);
    const comma = text.slice(caret, term.end).indexOf(',');
    return { from, to: comma < 0 ? term.end : caret + comma, choices: completeType(text.slice(from, caret), vocabulary) };
  }
  const typed = text.slice(term.valueStart, caret).replace(/^"|\\(?=["\\])|"$/g, '');
  return { from: term.valueStart, to: term.end, choices: completeValue(term.name, typed, vocabulary) };
}
