// SPDX-License-Identifier: LGPL-2.1-or-later
// How the values of events read.
import { formatBytes, formatDecimal } from '../ui/format.js';
import { t } from '../app/i18n.js';
import { zone } from '../app/settings.js';
import type { NestedEvent, Value } from '../store/event-store.js';
import { findKey } from './catalogue.js';

/** Keys that say most, in the order in which a row shows them. */
export const TELLING_KEYS = [
  'to', 'from', 'remoteIp', 'hostname', 'queueId', 'messageId', 'domain', 'accountName', 'status', 'code',
  'reason', 'result', 'size', 'elapsed', 'details', 'protocol', 'nextRetry', 'listenerId', 'localPort',
];

/** Characters that would change how what is around them is shown: controls and marks of direction. */
// eslint-disable-next-line no-control-regex
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
// eslint-disable-next-line no-control-regex
const INVISIBLE_BUT_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n')
    return '⏎';
  if (character === '\t')
    return '⇥';
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Shows characters that cannot be seen, or would move others. */
export function makeVisible(text: string, keepLines = false): string {
  return text.replace(keepLines ? INVISIBLE_BUT_LINES : INVISIBLE, escapeCharacter);
}

export function isNested(value: Value): value is NestedEvent {
  return typeof value === 'object' && !Array.isArray(value);
}

function describeNested(event: NestedEvent): string {
  const facts = Object.values(event.data ?? {}).filter((value) => typeof value !== 'object').slice(0, 3).join(' ');
  return [event.text ?? event.type, event.details, facts].filter((part) => part !== undefined && part !== '').join(' ');
}

/** Writes milliseconds: "312 ms", "3.4 s", "2 min 5 s". */
export function formatDuration(ms: number): string {
  if (ms < 1000)
    return `${formatDecimal(ms < 10 ? ms : Math.round(ms))} ms`;
  if (ms < 60_000)
    return `${formatDecimal(Math.round(ms / 100) / 10)} ${t('s')}`;
  return `${Math.floor(ms / 60_000)} ${t('min')} ${Math.round(ms % 60_000 / 1000)} ${t('s')}`;
}

/** Writes a value in short for people; the value itself is in the menu and in the details. */
export function formatValue(key: string, value: Value): string {
  if (Array.isArray(value))
    return value.length <= 3 ? value.map((item) => formatValue(key, item)).join(', ')
      : `${value.slice(0, 2).map((item) => formatValue(key, item)).join(', ')} … (${value.length})`;
  if (isNested(value))
    return describeNested(value);
  if (typeof value === 'number' && value >= 0) {
    if (findKey(key)?.kind === 'duration')
      return formatDuration(value);
    if (key === 'size' && Number.isInteger(value))
      return formatBytes(value);
  }
  return String(value);
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Writes a time of day with microseconds, and the day if asked. */
export function formatTime(microseconds: number, withDay: boolean): string {
  const date = new Date(microseconds / 1000);
  const utc = zone.value === 'utc';
  const fraction = String(Math.floor(microseconds % 1e6)).padStart(6, '0');
  const time = utc
    ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
    : `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const day = !withDay ? '' : utc
    ? `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())} `
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} `;
  return `${day}${time}.${fraction}`;
}

/** Whether two times lie on the same day where one is. */
export function isSameDay(a: number, b: number): boolean {
  return formatTime(a, true).slice(0, 10) === formatTime(b, true).slice(0, 10);
}
