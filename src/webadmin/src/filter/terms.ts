// SPDX-License-Identifier: LGPL-2.1-or-later
// The text form of filters (docs/filters.md), as far as a page must understand it: to colour it,
// complete it, change it and to mark what it finds. What is right the daemon alone decides.

/** How a term compares; "" is "contains". */
export type Operator = '' | '=' | '~' | '<' | '<=' | '>' | '>=';

/** One term of a filter; places are UTF-16 units into the text. */
export interface Term {
  start: number;
  end: number;
  negated: boolean;
  name: string | null;   // of the key or field; null: text anywhere
  operator: Operator;
  value: string;         // without quotes and escapes
  valueStart: number;    // of the value with its quotes
  quoted: boolean;
}

const SPACE = /[ \t\n\v\f\r]/;
const NAME = /^[A-Za-z0-9_.-]*$/;
const OPERATORS = ['<=', '>=', '<', '>', '=', '~'] as const;

/** The operators of the query form, longest first; `!` negates. */
const QUERY_OPERATOR = /^([A-Za-z0-9_.-]+)(!?)(~=|==?|<=?|>=?)/;

/** Names that stand for a field of the event wherever they are. */
const FIELDS = new Set(['type', 'level', 'text', 'span', 'createdat']);

/** Whether a name is that of a key, so that `name=value` is a term of that key and no text. */
export type Knows = (name: string) => boolean;

/** As the daemon compares names of keys. */
export function foldName(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase();
}

interface Piece {
  value: string;
  end: number;
}

function readQuoted(text: string, start: number): Piece {
  let value = '';
  let at = start + 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\' && at + 1 < text.length)
      at++;
    value += text[at];
  }
  return { value, end: Math.min(at + 1, text.length) };
}

function readBare(text: string, start: number): Piece {
  let end = start;
  while (end < text.length && !SPACE.test(text[end]!))
    end++;
  return { value: text.slice(start, end), end };
}

/** Reads `name=value`, as the query form has it. */
function readQueryName(rest: string, knows: Knows): { name: string; length: number; negated: boolean; operator: Operator } | null {
  const [whole = '', name = '', not = '', sign = ''] = QUERY_OPERATOR.exec(rest) ?? [];
  if (whole === '' || not !== '' && /[<>]/.test(sign) || !FIELDS.has(foldName(name)) && !/^key\./i.test(name) && !knows(name))
    return null;
  return { name, length: whole.length, negated: not !== '', operator: sign === '=' ? '' : sign === '==' ? '=' : sign === '~=' ? '~' : sign as Operator };
}

function readTerm(text: string, start: number, knows: Knows): Term {
  let negated = text[start] === '-' && start + 1 < text.length && !SPACE.test(text[start + 1]!);
  let at = negated ? start + 1 : start;
  let name: string | null = null;
  let operator: Operator = '';

  const colon = text.slice(at).search(/[:\s"]/);
  if (colon > 0 && text[at + colon] === ':' && NAME.test(text.slice(at, at + colon))) {
    name = text.slice(at, at + colon);
    at += colon + 1;
    operator = OPERATORS.find((candidate) => text.startsWith(candidate, at)) ?? '';
    at += operator.length;
  } else {
    const query = readQueryName(text.slice(at), knows);
    if (query !== null) {
      ({ name, operator } = query);
      at += query.length;
      negated = negated !== query.negated;
    }
  }
  const quoted = text[at] === '"';
  const { value, end } = quoted ? readQuoted(text, at) : readBare(text, at);
  return { start, end: Math.max(end, start + 1), negated, name, operator, value, valueStart: at, quoted };
}

/** Takes a filter apart. Nothing is an error: what cannot be understood is text. */
export function readTerms(text: string, knows: Knows = () => false): Term[] {
  const terms: Term[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && SPACE.test(text[at]!))
      at++;
    if (at >= text.length)
      return terms;
    const term = readTerm(text, at, knows);
    terms.push(term);
    at = term.end;
  }
}

/** Writes a value so that it stands for itself. */
export function quoteValue(value: string): string {
  return /^[\p{L}\p{N}@._/+][\p{L}\p{N}@._/+:-]*$/u.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Writes a term that says "this key has this value". */
export function writeTerm(name: string, value: string, negated = false): string {
  const known = /^(type|level|span)$/.test(name);
  return `${negated ? '-' : ''}${name}:${known ? '' : '='}${quoteValue(value)}`;
}

function says(term: Term, name: string, value: string): boolean {
  return term.name !== null && foldName(term.name) === foldName(name) && term.value === value
    && (term.operator === '=' || term.operator === '');
}

function without(text: string, terms: Term[]): string {
  let result = text;
  for (const term of [...terms].reverse())
    result = result.slice(0, term.start) + result.slice(term.end);
  return result.replace(/^\s+|\s+$/g, '').replace(/ {2,}(?=(?:[^"]*"[^"]*")*[^"]*$)/g, ' ');
}

/**
 * Asks for a value, or for its absence. What says so already stays, what says the opposite goes.
 */
export function addTerm(text: string, name: string, value: string, negated: boolean, knows?: Knows): string {
  const same = readTerms(text, knows).filter((term) => says(term, name, value));
  if (same.some((term) => term.negated === negated))
    return without(text, same.filter((term) => term.negated !== negated));
  const rest = without(text, same);
  return `${rest}${rest === '' ? '' : ' '}${writeTerm(name, value, negated)}`;
}

function isField(term: Term, field: string): boolean {
  return !term.negated && term.name !== null && foldName(term.name) === field;
}

/** The level the filter asks for; null for all. */
export function getLevel(text: string): string | null {
  return readTerms(text).find((term) => isField(term, 'level'))?.value ?? null;
}

export function setLevel(text: string, level: string | null): string {
  return setField(text, 'level', level);
}

/** The type globs the filter asks for. */
export function getTypes(text: string): string[] {
  return readTerms(text).filter((term) => isField(term, 'type') && term.operator !== '~')
    .flatMap((term) => term.value.split(',')).filter((glob) => glob !== '');
}

export function setTypes(text: string, globs: string[]): string {
  return setField(text, 'type', globs.length === 0 ? null : globs.join(','));
}

function setField(text: string, field: string, value: string | null): string {
  const rest = without(text, readTerms(text).filter((term) => isField(term, field)));
  const term = value === null ? '' : `${field}:${value}`;
  return [term, rest].filter((part) => part !== '').join(' ');
}
