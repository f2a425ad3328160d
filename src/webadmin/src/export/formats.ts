// SPDX-License-Identifier: LGPL-2.1-or-later
// Events and filters in forms other programs take.
import type { TraceEvent, Value } from '../store/event-store.js';

export type Context = 'event' | 'span' | 'trace';

const FIELDS = ['id', 'createdAt', 'level', 'type', 'text', 'details', 'span'] as const;

/** Spreadsheets take a cell that begins like this for a formula. */
const FORMULA = /^[=+\-@\t\r\n]/;

function quoteCell(value: Value | undefined): string {
  if (value === undefined)
    return '';
  let text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (typeof value !== 'number' && FORMULA.test(text))
    text = `'${text}`;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Collects the keys of events and writes them as lines of CSV (RFC 4180). */
export class CsvWriter {
  private readonly keys = new Set<string>();

  look(event: TraceEvent): void {
    for (const key in event.data)
      this.keys.add(key);
  }

  /** Keys have the names of fields too, so they stand behind a dot. */
  writeHead(): string {
    return `${[...FIELDS, ...[...this.keys].map((key) => `data.${key}`)].map(quoteCell).join(',')}\r\n`;
  }

  writeLine(event: TraceEvent): string {
    return `${[...FIELDS.map((field) => event[field]), ...[...this.keys].map((key) => event.data[key])].map(quoteCell).join(',')}\r\n`;
  }
}

/** Writes a word so that a shell takes it as it is. */
export function quoteShell(word: string): string {
  return /^[A-Za-z0-9@%+=:,./_-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The command that shows the stream of a filter with curl; the token comes from $TOKEN. */
export function writeCurl(origin: string, filter: string, context: Context): string {
  const query = [filter !== '' && `q=${encode(filter)}`, context !== 'span' && `context=${context}`].filter(Boolean).join('&');
  const url = `${origin}/api/tracing/live${query === '' ? '' : `?${query}`}`;
  return `curl -N -H "Authorization: Bearer $TOKEN" ${quoteShell(url)}`;
}

/** The same with livetracectl. */
export function writeWatch(filter: string, context: Context): string {
  return ['livetracectl', 'watch', ...context === 'span' ? [] : [`--context=${context}`],
    // What begins with a dash is no option.
    ...filter === '' ? [] : filter.startsWith('-') ? ['--', quoteShell(filter)] : [quoteShell(filter)]].join(' ');
}
