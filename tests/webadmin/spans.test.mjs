// SPDX-License-Identifier: LGPL-2.1-or-later
// Spans and traces: put together in a list, opened as a waterfall, and what became of them in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, findViolations, overflows, setUp } from './harness.mjs';
import { makeMessage } from './mail.mjs';

const { daemon, browser } = await setUp();

test('a delivered message', async () => {
  await daemon.inject(makeMessage('a'));
  const page = await browser.open(daemon, '#/spans?span=a-delivery&context=trace');
  await page.getByText('delivered to mx.example.net after 3.4 s').waitFor();
  const rows = page.locator('.fall-row[aria-level]');
  await becomes(() => rows.count(), 12);
  assert.deepEqual(await rows.evaluateAll((all) => [...new Set(all.map((row) => row.ariaLevel))]), ['1', '2', '3', '4']);
  await page.locator('.trace-facts', { hasText: '3.6 s' }).waitFor();
  assert.deepEqual(await findViolations(page), []);
  assert.equal(await overflows(page), false);
  await browser.close(page);
});

test('outcomes in words', async () => {
  const now = Date.now();
  const at = (seconds) => new Date(now + seconds * 1000).toISOString();
  const cases = {
    unknown: [[{ type: 'smtp.mailbox-does-not-exist', data: { to: 'nobody@example.org', code: 550 } }], ['nobody@example.orgrejected: user unknown']],
    postfix: [[{ type: 'delivery.delivered', details: '250 2.0.0 Ok: queued as 4Rk', data: { to: 'a@example.net', relay: 'mx.example.net[192.0.2.25]:25', delay: 3400 } }],
      ['a@example.netdelivered to mx.example.net after 3.4 s']],
    local: [[{ type: 'delivery.delivered', data: { to: 'a@example.org', relay: 'local', delay: 20 } }], ['a@example.orgdelivered locally after 20 ms']],
    bounced: [[{ type: 'delivery.failed', details: 'host mx.example.net[192.0.2.25] said: 550 5.1.1 <x@example.net>: Recipient address rejected (in reply to RCPT TO command)',
      data: { to: 'x@example.net', dsn: '5.1.1', code: 550 } }], ['x@example.netnot delivered: user unknown']],
    deferred: [[{ type: 'delivery.deferred', details: 'connect to mx.example.net[192.0.2.25]:25: Connection refused', data: { to: 'a@example.net' } }],
      ['a@example.netdeferred: connection refused']],
    retried: [[
      { type: 'delivery.attempt-start', data: { to: 'a@example.net' } },
      { type: 'delivery.connect-error', createdAt: at(1), data: { reason: 'timeout' } },
      { type: 'queue.rescheduled', createdAt: at(2), data: { nextRetry: '2027-01-02T03:04:05Z' } }],
    ['a@example.netdeferred: timed out, next try 2 Jan 2027, 03:04:05']],
    recovered: [[
      { type: 'delivery.dsn-temp-fail', data: { to: 'a@example.net', reason: 'greylisted' } },
      { type: 'delivery.delivered', createdAt: at(60), data: { to: 'a@example.net', hostname: 'mx.example.net' } }],
    ['a@example.netdelivered to mx.example.net after 1 min 0 s']],
    several: [[
      { type: 'delivery.delivered', data: { to: 'a@example.net', hostname: 'mx.example.net', delay: 900 } },
      { type: 'delivery.rcpt-to-rejected', data: { to: 'b@example.net', reason: 'No' } }],
    ['b@example.netrejected: No', 'a@example.netdelivered to mx.example.net after 900 ms']],
    greylisted: [[{ type: 'smtp.rcpt-to-greylisted', data: { to: 'a@example.org' } }], ['a@example.orgdeferred: greylisted']],
    queued: [[{ type: 'queue.queue-message', data: { from: 'a@example.org' } }], ['in the queue']],
    idle: [[{ type: 'smtp.connection-start' }, { type: 'smtp.connection-end', createdAt: at(1) }], ['closed without a message']],
  };
  const page = await browser.open(daemon, '#/status');
  for (const [span, [events, words]] of Object.entries(cases)) {
    await daemon.inject(events.map((event) => ({ createdAt: at(0), ...event, data: { ...event.data, spanId: span } })));
    await page.goto(`/#/spans?span=${encodeURIComponent(span)}&context=trace`);
    await becomes(() => page.locator('.outcomes li').allTextContents(), words, span);
  }
  await browser.close(page);
});

test('what comes while it is open', async () => {
  const [start, ...rest] = makeMessage('live');
  await daemon.inject([start]);
  const page = await browser.open(daemon, '#/spans?span=live-connection&context=trace');
  const rows = page.locator('.fall-row[aria-level]');
  await rows.first().waitFor();
  assert.equal(await rows.count(), 1);
  await page.getByText('in progress').waitFor();
  await daemon.inject(rest);
  await rows.nth(11).waitFor();
  await page.getByText('delivered to mx.example.net after 3.4 s').waitFor();
  await browser.close(page);
});

test('a span that is not there', async () => {
  const page = await browser.open(daemon, `#/spans?span=${encodeURIComponent('no/"such"\\<b>span')}`);
  await page.getByText('knows nothing of this span').waitFor();
  assert.match(await page.locator('h1').textContent(), /no\/"such"\\<b>span/);
  await browser.close(page);
});

test('the list, by span and by trace', async () => {
  await daemon.inject(makeMessage('list'));
  const page = await browser.open(daemon, '#/spans?q=spanId:list-');
  await page.locator('.span-link').nth(2).waitFor();
  await page.getByRole('radio', { name: 'Traces' }).check({ force: true });
  await page.waitForFunction(() => document.querySelectorAll('.span-link').length === 1);
  await page.getByText('delivered to mx.example.net after 3.4 s').waitFor();
  await page.getByRole('cell', { name: '3', exact: true }).waitFor();
  assert.match(page.url(), /group=trace/);
  assert.deepEqual(await findViolations(page), []);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('.fall').waitFor();
  await page.goBack();
  await page.locator('.span-link').waitFor();
  await page.getByRole('radio', { name: 'Events' }).check({ force: true });
  await page.locator('.list').waitFor();
  await browser.close(page);
});

test('by keys alone', async () => {
  await daemon.inject(makeMessage('keys'));
  const page = await browser.open(daemon, '#/live?q=spanId:keys-');
  await page.locator('.row').nth(1).waitFor();
  await page.keyboard.press('k');
  await page.keyboard.press('s');
  await page.locator('.fall').waitFor();
  assert.match(page.url(), /span=keys-/);
  await page.goto('/#/spans?span=keys-message&context=trace');
  const rows = page.locator('.fall-row[aria-level]');
  await rows.nth(11).waitFor();
  await rows.first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.fall-detail').waitFor();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction(() => document.querySelectorAll('.fall-row[aria-level]').length === 1);
  await page.keyboard.press('ArrowRight');
  await rows.nth(11).waitFor();
  await page.keyboard.press('End');
  await becomes(() => page.evaluate(() => document.activeElement.dataset.line), String(await rows.last().getAttribute('data-line')));
  await browser.close(page);
});

test('narrow', async () => {
  await daemon.inject(makeMessage('narrow'));
  const page = await browser.open(daemon, '#/spans?span=narrow-message&context=trace', { width: 390, height: 844, theme: 'dark' });
  await page.locator('.fall').waitFor();
  assert.equal(await overflows(page), false);
  assert.deepEqual(await findViolations(page), []);
  await browser.close(page);
});
