// SPDX-License-Identifier: LGPL-2.1-or-later
import { foldName, readTerms, type Term } from './terms.js';

/** A stretch of a text to mark: 0 is what the filter found, from 1 on what one has highlighted. */
export interface Mark {
  start: number;
  end: number;
  style: number;
}

/** How many ways of highlighting there are. */
export const HIGHLIGHTS = 4;

/** Texts longer than this are searched up to here. */
const MAX_SEARCHED = 8192;
const MAX_PATTERN_SEARCHED = 1024;

type Find = (text: string, folded: string) => [number, number][];

interface Rule {
  field: string | null; // folded name; null: everywhere
  find: Find;
  style: number;
}

function findAll(needle: string): Find {
  const wanted = needle.toLowerCase();
  return (text, folded) => {
    const found: [number, number][] = [];
    if (wanted === '')
      return found;
    for (let at = folded.indexOf(wanted); at >= 0 && found.length < 100; at = folded.indexOf(wanted, at + wanted.length))
      found.push([at, Math.min(at + wanted.length, text.length)]);
    return found;
  };
}

function findEqual(needle: string): Find {
  const wanted = needle.toLowerCase();
  return (text, folded) => folded === wanted ? [[0, text.length]] : [];
}

/**
 * The daemon's patterns and the browser's are not quite the same, and a browser's has no limit of
 * steps: only what cannot take long, and means the same in both, is searched for.
 */
function findPattern(pattern: string): Find | null {
  const loops = pattern.match(/(?<!\\)[*+{]/g)?.length ?? 0;
  if (loops > 2 || /\(\?|\)[*+?{]|\\[1-9]|\\[^dDwWsSbBnrt.^$*+?()[\]{}|/\\@-]/.test(pattern) || pattern.length > 200)
    return null;
  try {
    const expression = new RegExp(pattern, 'gi');
    return (text) => [...text.slice(0, MAX_PATTERN_SEARCHED).matchAll(expression)].slice(0, 100)
      .map((match): [number, number] => [match.index, match.index + match[0].length]).filter(([start, end]) => end > start);
  } catch {
    return null;
  }
}

function makeRule(term: Term): Rule | null {
  if (term.negated || term.value === '' || term.operator.startsWith('<') || term.operator.startsWith('>'))
    return null;
  const field = term.name === null ? null : foldName(term.name.replace(/^key\./i, ''));
  if (field !== null && ['type', 'level', 'span', 'createdat'].includes(field))
    return null;
  if (!term.quoted && term.value === '*' && term.operator === '')
    return null;
  const find = term.operator === '~' ? findPattern(term.value)
    : term.operator === '=' ? findEqual(term.value) : findAll(term.value);
  return find === null ? null : { field, find, style: 0 };
}

/** Finds what of a text is to be marked. */
export class Marker {
  private readonly rules: Rule[];

  /** @param highlights texts to mark wherever they are, each in its own way */
  constructor(filter: string, highlights: string[]) {
    this.rules = [
      ...highlights.map((text, index) => ({ field: null, find: findAll(text), style: 1 + index % HIGHLIGHTS })),
      ...readTerms(filter).map(makeRule).filter((rule) => rule !== null),
    ];
  }

  get isEmpty(): boolean {
    return this.rules.length === 0;
  }

  /**
   * @param field name of the key or field the text is the value of
   * @returns marks in order that do not overlap
   */
  find(field: string, text: string): Mark[] {
    if (this.rules.length === 0)
      return [];
    const name = foldName(field);
    const searched = text.length > MAX_SEARCHED ? text.slice(0, MAX_SEARCHED) : text;
    const folded = searched.toLowerCase();
    const marks: Mark[] = [];
    if (folded.length !== searched.length)
      return marks;
    for (const { field: wanted, find, style } of this.rules)
      if (wanted === null || wanted === name)
        for (const [start, end] of find(searched, folded))
          if (!marks.some((mark) => start < mark.end && end > mark.start))
            marks.push({ start, end, style });
    return marks.sort((a, b) => a.start - b.start);
  }
}
