// SPDX-License-Identifier: LGPL-2.1-or-later
// What happens to streams of pages: shared, suspended, cut, refused.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setUp, until } from './harness.mjs';
import { Wire } from './wire.mjs';

const { daemon, browser } = await setUp({ settings: ['http.hosts=127.0.0.1'] });

let stamp = 0;
let type;
beforeEach(() => { type = `connection.test-${++stamp}`; });

const inject = (count, one = type) => daemon.inject(Array.from({ length: count }, (_, index) => ({ type: one, data: { number: index } })));
const open = (options) => browser.open(daemon, `#/live?q=type:${type}`, options);
const live = (page) => page.locator('.stream-good').waitFor();
const hasRows = (page, count) => until(`${count} rows`, async () =>
  Number(await page.locator('.list-space').getAttribute('aria-rowcount')) === count);
const notices = (page) => page.locator('.row.notice .notice-text').allTextContents();
const countStreams = async () => (await daemon.request('GET', '/api/tracing/subscribers')).subscribers.length;

/** Another tab of the same browser. */
async function openTab(page, filter) {
  const tab = await page.context().newPage();
  await tab.goto(`${daemon.base}/#/live?q=${filter}`);
  await tab.locator('.shell').waitFor();
  return tab;
}

async function setVisibility(page, state) {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    Object.defineProperty(document, 'hidden', { value: value === 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

test('two tabs with one filter share one stream', async () => {
  const page = await open();
  await live(page);
  await inject(5);
  const tab = await openTab(page, `type:${type}`);
  await hasRows(tab, 5);
  await until('one stream', async () => await countStreams() === 1);
  await inject(5);
  await hasRows(page, 10);
  await hasRows(tab, 10);
  await tab.close();
  await inject(1);
  await hasRows(page, 11);
  await browser.close(page);
  await until('no stream', async () => await countStreams() === 0);
});

test('five tabs have four streams; the one that waits says so and can have its turn', async () => {
  const page = await open();
  // Each would say that it has the focus, and the turn would go round.
  await page.context().addInitScript(() => { document.hasFocus = () => false; });
  await page.reload();
  await live(page);
  const tabs = [page];
  for (let i = 1; i < 5; i++) {
    tabs.push(await openTab(page, `type:${type} number:=${i}`));
    await live(tabs[i]);
    await until('four streams at most', async () => await countStreams() <= 4);
  }
  await page.getByText('Waiting: this browser has four streams open').waitFor();
  await until('four streams', async () => await countStreams() === 4);
  await inject(5);
  await page.getByRole('button', { name: 'Resume here' }).click();
  await live(page);
  await hasRows(page, 5);
  await until('four streams', async () => await countStreams() === 4);
  await browser.close(page);
  await until('no stream', async () => await countStreams() === 0);
});

test('a hidden tab is suspended and catches up', async () => {
  const page = await open();
  await live(page);
  await inject(3);
  await hasRows(page, 3);
  await setVisibility(page, 'hidden');
  await until('the end of its stream', async () => await countStreams() === 0);
  await inject(50);
  await setVisibility(page, 'visible');
  await hasRows(page, 53);
  assert.deepEqual(await notices(page), []);
  await browser.close(page);
});

test('a restart of the daemon has rows of its own', async () => {
  const page = await open();
  await live(page);
  await inject(3);
  await hasRows(page, 3);
  await daemon.end('SIGKILL');
  await page.getByText('Offline; next try in').waitFor();
  await daemon.launch();
  await live(page);
  await inject(2);
  await hasRows(page, 9);
  const told = await notices(page);
  assert.equal(told.length, 4, told.join('\n'));
  assert.match(told[0], /The connection was lost/);
  assert.match(told[1], /Connected again after/);
  assert.match(told[2], /The daemon was restarted/);
  assert.match(told[3], /Events are missing here/);
  await browser.close(page);
});

test('an orderly stop says so', async () => {
  const page = await open();
  await live(page);
  await daemon.end();
  await page.locator('.notice-text', { hasText: 'the daemon was stopped' }).waitFor();
  await daemon.launch();
  await live(page);
  await browser.close(page);
});

test('a cut network: nothing is lost inside the ring', async () => {
  const page = await open();
  await live(page);
  await inject(3);
  await hasRows(page, 3);
  const wire = await Wire.make(daemon);
  const far = await browser.open(daemon, `#/live?q=type:${type}`, { base: wire.base });
  await live(far);
  wire.cut();
  await far.getByText('Offline; next try in').waitFor();
  await inject(20);
  wire.mend();
  await live(far);
  await hasRows(far, 25);
  assert.match((await notices(far))[1], /Connected again after/);
  await browser.close(far);
  await browser.close(page);
});

test('who is ended by an administrator is told, and may come again', async () => {
  const page = await open();
  await live(page);
  const { subscribers } = await daemon.request('GET', '/api/tracing/subscribers');
  const stream = subscribers.find(({ filter }) => filter === `type:${type}`);
  await daemon.request('DELETE', `/api/tracing/subscribers/${stream.subscriber}`);
  await page.locator('.notice-text', { hasText: 'an administrator ended it' }).waitFor();
  await inject(4);
  await page.getByRole('button', { name: 'Connect again' }).click();
  await live(page);
  await hasRows(page, 5);
  await browser.close(page);
});

test('a revoked token leads to sign-in, and back to the same filter', async () => {
  const token = await daemon.createToken('gone', ['observe']);
  const page = await open({ token });
  await live(page);
  await inject(3);
  await hasRows(page, 3);
  await daemon.revokeToken('gone');
  await page.locator('.sign-in').waitFor();
  await page.getByLabel('Token').fill(daemon.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await live(page);
  await hasRows(page, 3);
  await browser.close(page);
});

test('titles that could not be had at first are asked for again', async () => {
  await daemon.inject({ type: 'test.titles', data: { remoteIp: '192.0.2.7' } });
  const page = await browser.open(daemon, '#/status');
  let refused = 0;
  await page.route('**/api/tracing/keys', (route) => ++refused === 1 ? route.fulfill({ status: 503, body: '' }) : route.continue());
  await page.goto('/#/live?q=type:test.titles');
  await page.locator('.row').first().waitFor();
  await page.keyboard.press('k');
  await page.keyboard.press('o');
  await page.locator('.detail dt[title]', { hasText: 'remoteIp' }).waitFor();
  assert.ok(refused > 1);
  await browser.close(page);
});
