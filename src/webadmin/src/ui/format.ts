// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbers, sizes, spans of time and moments, in the language and time zone chosen.
import { computed, signal } from '@preact/signals';
import { language, t } from '../app/i18n.js';
import { zone } from '../app/settings.js';

/** The browser's own variety of the language, which knows how dates are written there. */
const variety = computed(() => navigator.languages.find((tag) => tag.toLowerCase().split('-')[0] === language.value) ?? language.value);

const numbers = computed(() => new Intl.NumberFormat(language.value));
const decimals = computed(() => new Intl.NumberFormat(language.value, { maximumFractionDigits: 1 }));
const hundredths = computed(() => new Intl.NumberFormat(language.value, { maximumFractionDigits: 2 }));
const moments = computed(() => new Intl.DateTimeFormat(variety.value, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
  ...(zone.value === 'utc' && { timeZone: 'UTC' }),
}));

/** What is the time? Moves on every second while somebody looks at it. */
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden)
    now.value = Date.now();
}, 1000);

export function formatNumber(value: number): string {
  return numbers.value.format(value);
}

export function formatRate(value: number): string {
  return (value < 100 ? decimals : numbers).value.format(value);
}

/** Writes a number with two decimals at most. */
export function formatDecimal(value: number): string {
  return hundredths.value.format(value);
}

/** Writes a number of bytes in units of 1024. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${decimals.value.format(value)} ${units[unit]}`;
}

/** Writes a span of time by its two largest units: "3 d 4 h", "1 min 5 s". */
export function formatSeconds(seconds: number): string {
  const rest = Math.max(0, Math.floor(seconds));
  const units: [number, string][] = [[86400, t('d')], [3600, t('h')], [60, t('min')], [1, t('s')]];
  const first = units.findIndex(([size]) => rest >= size);

  if (first < 0)
    return `0 ${t('s')}`;
  return units.slice(first, first + 2)
    .map(([size, unit], index) => [Math.floor((index === 0 ? rest : rest % units[first]![0]) / size), unit] as const)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** Writes a moment given in RFC 3339 with its date. */
export function formatMoment(time: string): string {
  return moments.value.format(new Date(time)) + (zone.value === 'utc' ? ' UTC' : '');
}

/** Writes how long ago a moment given in RFC 3339 was; follows the clock. */
export function formatAge(time: string): string {
  return formatSeconds((now.value - Date.parse(time)) / 1000);
}
