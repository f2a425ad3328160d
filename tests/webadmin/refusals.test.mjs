// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon does not give: streams it refuses or puts off, events it has lost before it could send them. All of it is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, setUp, until } from './harness.mjs';
import { Numbered, readNotices, scrollToRow } from './numbered.mjs';
import { Front, Wire } from './wire.mjs';

// A small ring, and what a stream may have unsent: events get lost, and the daemon knows how many.
const { daemon, browser } = await setUp({
  settings: ['http.hosts=127.0.0.1', 'http.max-streams=3', 'ring.size=1MiB', 'subscriptions.unsent=64KiB', 'http.stall-timeout=10m'],
});
const numbered = new Numbered(daemon, browser);
const problem = (status, code, detail, headers = {}) => ({
  status,
  headers: { 'Content-Type': 'application/problem+json', ...headers },
  body: JSON.stringify({ type: 'about:blank', title: code, status, code, detail }),
});
const listSubscribers = async () => (await daemon.request('GET', '/api/tracing/subscribers')).subscribers;
const noStreams = () => until('the end of all streams', async () => (await listSubscribers()).length === 0);
const notice = (page, text) => page.locator('.notice-text', { hasText: text });

for (const [what, status, header] of [
  ['429, seconds', 429, () => '3'],
  ['503, seconds', 503, () => '3'],
  ['503, a date', 503, () => new Date(Date.now() + 4000).toUTCString()],
])
  test(`asked to wait (${what}): it waits so long, and says so once`, async () => {
    const front = await Front.make(daemon);
    const { page, from } = await numbered.open({ base: front.base });
    front.asked.length = 0;
    const after = header();
    front.answer = problem(status, 'busy', 'too many streams', { 'Retry-After': after });
    front.breakAll();
    await notice(page, /^The daemon asked to wait \d s: too many streams$/).waitFor();
    await page.getByText(/The daemon is busy; next try in \d s/).waitFor();
    await numbered.inject(50);
    await until('a second attempt', () => front.asked.length >= 2);
    front.answer = null;
    await page.locator('.stream-good').waitFor();
    await numbered.check(page, from);
    const [first, second] = front.asked;
    assert.ok(second >= (/^\d+$/.test(after) ? first + 2900 : Date.parse(after)), `came back after ${second - first} ms, asked for ${after}`);
    const told = (await readNotices(page)).map((text) => text.replace(/\d+ (min( \d+ s)?|s)/g, 'N s'));
    assert.deepEqual(told, ['The connection was lost.', 'The daemon asked to wait N s: too many streams', 'Connected again after N s.']);
    await browser.close(page);
  });

test('the daemon itself has no more streams to give: it is tried again until there is one', async () => {
  await noStreams();
  const aborters = Array.from({ length: 3 }, () => new AbortController());
  for (const { signal } of aborters)
    await fetch(`${daemon.base}/api/tracing/live`, { signal, headers: { Authorization: `Bearer ${daemon.token}` } });
  const page = await browser.open(daemon, '#/live?q=type:test.number');
  await notice(page, /^The daemon asked to wait \d+ s: /).waitFor();
  await page.getByText('The daemon is busy; next try in').waitFor();
  aborters[0].abort();
  await page.locator('.stream-good').waitFor();
  await browser.close(page);
  for (const aborter of aborters)
    aborter.abort();
});

test('refused (403): a row says why, nobody insists, and one may try again', async () => {
  const front = await Front.make(daemon);
  const { page, from } = await numbered.open({ base: front.base });
  front.asked.length = 0;
  front.answer = problem(403, 'forbidden', 'this token may not observe');
  front.breakAll();
  await notice(page, 'The daemon refused this stream: this token may not observe').waitFor();
  await page.locator('.stream-problem', { hasText: 'Refused' }).waitFor();
  await numbered.inject(10);
  // As long as other attempts would have had their turn.
  const received = () => page.locator('.figures').innerText();
  for (let i = 0, before = await received(); i < 2; i++, before = await received())
    await until('new figures', async () => {
      await daemon.inject([{ type: 'test.other' }]);
      return await received() !== before;
    });
  assert.equal(front.asked.length, 1);
  front.answer = null;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('.stream-good').waitFor();
  await numbered.check(page, from);
  await browser.close(page);
});

test('a proxy that cannot reach the daemon (502) is no refusal', async () => {
  const front = await Front.make(daemon);
  const { page, from } = await numbered.open({ base: front.base });
  front.answer = { status: 502, headers: { 'Content-Type': 'text/html' }, body: '<h1>Bad Gateway</h1>' };
  front.breakAll();
  await page.getByText('Offline; next try in').waitFor();
  const { length } = front.asked;
  await until('attempts', () => front.asked.length >= length + 2);
  await numbered.inject(10);
  front.answer = null;
  await page.locator('.stream-good').waitFor();
  await numbered.check(page, from);
  await browser.close(page);
});

test('what has left the ring unsent is told to the number', async () => {
  await noStreams();
  const wire = await Wire.make(daemon);
  const { page, from } = await numbered.open({ base: wire.base });
  wire.silence();
  const text = 'x'.repeat(900);
  for (let i = 0; i < 4; i++)
    await numbered.inject(3000, { text });
  await until('that the ring has run over', async () => (await listSubscribers())[0].state !== 'live');
  wire.mend();
  await numbered.waitForNewest(page);
  const numbers = await numbered.read(page);
  const missing = numbered.total - from + 1 - numbers.filter((number) => number >= from).length;
  assert.ok(missing > 1000, `${missing} missing`);
  assert.equal(new Set(numbers).size, numbers.length);
  await becomes(async () => Number((await page.locator('.figures dt', { hasText: 'dropped' }).locator('+ dd').innerText()).replace(/\D/g, '')), missing);

  // The row stands where they would have been.
  const hole = numbers.findIndex((number, index) => number > from && number !== numbers[index - 1] + 1);
  assert.equal(numbers[hole] - numbers[hole - 1] - 1, missing);
  await scrollToRow(page, hole);
  await notice(page, `${missing.toLocaleString('en-GB')} events are missing here: they left the daemon before they could be sent.`).waitFor();
  await browser.close(page);
});

test('what fell out of a long pause is told to the number', async () => {
  const { page, from } = await numbered.open({});
  await numbered.waitForNewest(page);
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Paused' }).waitFor();
  const shown = Number(await page.locator('.list-space').getAttribute('aria-rowcount'));
  const count = 104_000;
  for (let sent = 0; sent < count; sent += 2000) {
    await numbered.inject(2000);
    const come = (sent + 2000).toLocaleString('en-GB');
    await page.getByRole('button', { name: `Paused; ${come} events came` }).waitFor();
  }
  const fellOut = shown + count - 100_000;
  await page.keyboard.press('p');
  await numbered.waitForNewest(page);
  const numbers = await numbered.read(page);
  const hole = numbers.findIndex((number, index) => number >= from && number !== numbers[index - 1] + 1);
  const missing = numbers[hole] - numbers[hole - 1] - 1;
  assert.ok(Math.abs(missing - fellOut) <= 1, `${missing} ${fellOut}`);
  assert.deepEqual(numbers.slice(hole), Array.from({ length: numbers.length - hole }, (_, index) => numbers[hole] + index));
  assert.equal(numbers.at(-1), numbered.total);
  await scrollToRow(page, hole);
  await notice(page, `${missing.toLocaleString('en-GB')} events that came while paused are missing here`).waitFor();
  await browser.close(page);
});
