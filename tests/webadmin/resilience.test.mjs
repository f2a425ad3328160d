// SPDX-License-Identifier: LGPL-2.1-or-later
// What goes wrong around the page: each is told, and it goes on by itself with nothing lost that the ring holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setUp, until } from './harness.mjs';
import { makeMessage } from './mail.mjs';
import { Numbered } from './numbered.mjs';
import { Wire } from './wire.mjs';

const { daemon, browser } = await setUp({ settings: ['http.hosts=127.0.0.1'] });

const numbered = new Numbered(daemon, browser);

test('the network is cut and comes back', async () => {
  const wire = await Wire.make(daemon);
  const { page, from } = await numbered.open({ base: wire.base });
  wire.cut();
  await page.locator('.stream-problem').waitFor();
  await page.getByText('The connection was lost').first().waitFor();
  await numbered.inject(2000);
  await until('some attempts', () => wire.refused >= 3);
  wire.mend();
  await page.locator('.stream-good').waitFor();
  await numbered.check(page, from);
  await page.keyboard.press('Home');
  await page.locator('.notice-text', { hasText: 'Connected again' }).waitFor();
  await browser.close(page);
});

test('the daemon is killed and started: a row says so, and what comes is shown', async () => {
  const { page } = await numbered.open();
  await daemon.restart('SIGKILL');
  await page.getByText('The connection was lost').first().waitFor();
  await page.getByText('The daemon was restarted').waitFor();
  const from = numbered.total + 1;
  await numbered.inject(500);
  await numbered.check(page, from);
  await browser.close(page);
});

test('an open waterfall follows a span across a restart', async () => {
  const events = makeMessage('again');
  await daemon.inject(events);
  const page = await browser.open(daemon, '#/spans?span=again-delivery&context=trace');
  await page.locator('.fall-row[aria-level]').nth(11).waitFor();
  await daemon.restart();
  await daemon.inject([{ type: 'delivery.dsn-success', data: { spanId: 'again-delivery' } }]);
  await page.locator('.fall-row[aria-level]').nth(12).waitFor();
  await browser.close(page);
});

test('the daemon is away when the first stream is opened, or a span', async () => {
  await daemon.inject(makeMessage('early'));
  const wire = await Wire.make(daemon);
  // Neither stream nor worker is there yet.
  const page = await browser.open(daemon, '#/status', { base: wire.base });
  await page.getByRole('heading', { name: 'Ring' }).waitFor();
  wire.cut();
  await page.goto('/#/spans?span=early-delivery&context=trace').catch(() => undefined);
  await page.getByText('Nothing to show: the daemon cannot be reached.').waitFor();
  await page.getByRole('link', { name: 'Live', exact: true }).click();
  await page.getByText('Offline; next try in').waitFor();
  wire.mend();
  await page.locator('.row').first().waitFor();
  await page.locator('.stream-good').waitFor();
  await page.goBack();
  await page.locator('.fall-row[aria-level]').nth(11).waitFor();
  await browser.close(page);
});

test('the token is revoked while one looks at a span', async () => {
  const token = await daemon.createToken('short', ['observe']);
  await daemon.inject(makeMessage('revoked'));
  const page = await browser.open(daemon, '#/spans?span=revoked-delivery', { token });
  await page.locator('.fall').waitFor();
  await daemon.revokeToken('short');
  await page.locator('.sign-in').waitFor();
  await page.getByLabel('Token').fill(daemon.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.fall').waitFor();
  assert.match(page.url(), /span=revoked-delivery/);
  await browser.close(page);
});

test('the token expires: signing in again goes on with nothing lost', async () => {
  const begun = Date.now();
  await browser.close((await numbered.open()).page);
  // Long enough to sign in with, on this machine.
  const token = await daemon.createToken('brief', ['observe'], 3 + Math.ceil(3 * (Date.now() - begun) / 1000));
  const { page, from } = await numbered.open({ token });
  await page.locator('.sign-in').waitFor();
  await numbered.inject(300);
  await page.getByLabel('Token').fill(daemon.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.row').first().waitFor();
  await numbered.check(page, from);
  await browser.close(page);
});
