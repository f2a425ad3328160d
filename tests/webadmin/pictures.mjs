// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the pictures of docs/webadmin.md from the demo: `ninja webadmin-pictures`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser, Daemon } from './harness.mjs';
import { makeMessage } from './mail.mjs';
import { shrinkPng } from './png.mjs';

const folder = resolve(process.argv[2]);
const only = process.argv.slice(3);   // names of pictures; none for all

const THEMES = ['light', 'dark'];
const LIVE = { width: 1200, height: 560 };
const LOW = { width: 1200, height: 360 };
const NARROW = { width: 390, height: 760 };
const WATERFALL = '#/spans?span=4Rk1mT2z3x-message&context=trace';

/** What happened before the first picture: it fills the strip of rates. */
const RATE = 7;
const PAST_MS = 300_000;
const PAST_EVENTS = PAST_MS / 1000 * RATE;

/** Something that an administrator would look for. */
async function tellTrouble(page, daemon) {
  await daemon.inject([
    { type: 'delivery.connect-error', level: 'warn', data: { spanId: 'demo-7', to: 'kim@example.net', hostname: 'mx2.example.net', reason: 'connection refused', elapsed: 21 } },
    { type: 'store.ldap-error', level: 'error', data: { reason: 'timeout', hostname: 'ldap.example.org', elapsed: 5000 } },
  ]);
  await sleep(900);
}

async function openEvent(page) {
  await page.keyboard.press('k');
  await page.keyboard.press('o');
  await page.locator('.detail').waitFor();
}

async function complete(page) {
  await page.getByRole('combobox').fill('level:info re');
  await page.getByRole('listbox').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
}

/** From the live view, so that it is listed too. */
async function watchWatchers(page) {
  await page.evaluate(() => { location.hash = '#/subscribers'; });
  await page.getByRole('cell').first().waitFor();
}

const VIEWS = [
  ['sign-in', '', null, { ...LOW, token: null }],
  ['live', '#/live', tellTrouble, LIVE],
  ['live-filter', '#/live?q=level:info+from:example.com&mark=example.com', openEvent, LIVE],
  ['live-completion', '#/live', complete, LIVE],
  ['traces', '#/spans?group=trace', null, LIVE],
  ['waterfall', WATERFALL, (page) => page.locator('.fall-row[aria-level]').nth(8).click(), LIVE],
  ['subscribers', '#/live', watchWatchers, LOW],
  ['levels', '#/levels', null, LOW],
  ['sources', '#/sources', null, LOW],
  ['tokens', '#/tokens', null, LOW],
  ['status', '#/status', null, { width: 1200, height: 480 }],
  ['keys', '#/live', (page) => page.keyboard.press('?'), { width: 1200, height: 640 }],
  ['narrow', '#/live', tellTrouble, NARROW],
  ['narrow-traces', '#/spans?group=trace', null, NARROW],
  ['narrow-waterfall', WATERFALL, null, NARROW],
];

/** The first events of the demo, as fast as they come. */
async function collectPast() {
  const demo = await Daemon.start({ settings: ['demo.rate=5000', 'demo.seed=2'], arguments: ['--demo'] });
  try {
    const response = await fetch(`${demo.base}/api/tracing/live?format=ndjson&context=event&last-event-id=x.0&limit=${PAST_EVENTS}`,
      { headers: { Authorization: `Bearer ${demo.token}` } });
    const lines = (await response.text()).trim().split('\n').map((line) => JSON.parse(line));
    return lines.filter((line) => line.control === undefined);
  } finally {
    await demo.clear();
  }
}

/** When the event was, if all of them went on until now: now more of them, now fewer. */
function placeInTime(index, count, now) {
  const part = index / count;
  return now - PAST_MS * (1 - part - 0.03 * Math.sin(3 * Math.PI * part) - 0.008 * Math.sin(17 * Math.PI * part));
}

/** Lets the events have come over the last minutes, in spans of their own. */
async function tellPast(daemon, events) {
  const now = Date.now();
  await daemon.inject(events.map(({ id: _, data: { spanId, parentSpanId, ...data }, ...event }, index) => ({
    ...event,
    createdAt: new Date(placeInTime(index, events.length, now)).toISOString(),
    data: { ...data, ...(spanId && { spanId: `past-${spanId}` }), ...(parentSpanId && { parentSpanId: `past-${parentSpanId}` }) },
  })));
}

/** Somebody else who watches, until the process ends. */
async function watch(daemon, label, filter, agent, context) {
  const token = await daemon.createToken(label, ['observe'], 90 * 86400);
  const answer = await fetch(`${daemon.base}/api/tracing/live?context=${context}&q=${encodeURIComponent(filter)}`,
    { headers: { Authorization: `Bearer ${token}`, 'User-Agent': agent } });
  const reader = answer.body.getReader();
  const read = () => reader.read().then(({ done }) => done || read(), () => undefined);
  void read();
}

async function prepare(daemon) {
  await watch(daemon, 'grafana', 'level:warn', 'Grafana/11.2', 'span');
  await watch(daemon, 'postmaster', 'type:delivery.* -type:delivery.delivered', 'curl/7.88.1', 'event');
  await daemon.createToken('backup job', ['inject'], 3 * 86400);
  await daemon.request('PUT', '/api/tracing/levels/store.%2A', { level: 'debug', seconds: 3600 });
  await daemon.request('PUT', '/api/tracing/levels/imap.%2A', { level: 'info', seconds: 600 });
  await daemon.inject(makeMessage('4Rk1mT2z3x'));
}

async function take(page, name, theme) {
  writeFileSync(join(folder, `${name}-${theme}.png`), shrinkPng(await page.screenshot()));
}

async function takeView(browser, daemon, [name, address, act, options], theme) {
  const page = await browser.open(daemon, address, { theme, ...options });
  if (options.token !== null)
    await sleep(address.startsWith('#/live') ? 6000 : 2500);   // rates are asked for more than once
  await act?.(page, daemon);
  await sleep(400);
  await take(page, name, theme);
  await browser.close(page);
}

/** The daemon goes away and comes back while the page looks on. */
async function takeInterruption(browser, daemon) {
  const pages = await Promise.all(THEMES.map((theme) => browser.open(daemon, '#/live', { theme, ...LIVE })));
  await sleep(2500);
  await daemon.restart('SIGKILL', () => sleep(2500));
  await Promise.all(pages.map(async (page, index) => {
    await page.locator('.notice-kind-reconnected').waitFor({ timeout: 30_000 });
    await sleep(200);
    await take(page, 'interruption', THEMES[index]);
    await browser.close(page);
  }));
}

mkdirSync(folder, { recursive: true });
const past = await collectPast();
const daemon = await Daemon.start({
  settings: [`demo.rate=${RATE}`, 'source.mail.kind=file', 'source.mail.path=/var/log/mail.log', 'source.mail.rules=postfix'],
  arguments: ['--demo'],
});
const browser = await Browser.start();
try {
  await tellPast(daemon, past);
  await prepare(daemon);
  for (const theme of THEMES)
    for (const view of VIEWS.filter(([name]) => only.length === 0 || only.includes(name)))
      await takeView(browser, daemon, view, theme);
  if (only.length === 0 || only.includes('interruption'))
    await takeInterruption(browser, daemon);
} finally {
  await browser.clear();
  await daemon.clear();
}
