// SPDX-License-Identifier: LGPL-2.1-or-later
// Subscribers, levels, sources, tokens and state.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findViolations, setUp, until } from './harness.mjs';

const { daemon, browser } = await setUp({ arguments: ['--demo'] });

const open = (view, options) => browser.open(daemon, `#/${view}`, options);
const row = (page, text) => page.getByRole('row').filter({ hasText: text });

/** Asks the daemon as a program would; the caller looks at the answer. */
const ask = (path, { token = daemon.token, headers, ...options } = {}) =>
  fetch(daemon.base + path, { ...options, headers: { Authorization: `Bearer ${token}`, ...headers } });

test('subscribers are listed, and one can be disconnected', async () => {
  const aborter = new AbortController();
  const stream = await ask('/api/tracing/live?to=jane@example.org',
    { signal: aborter.signal, headers: { 'User-Agent': 'watcher/1.0' } });
  const text = stream.text();
  const page = await open('subscribers');
  const watcher = row(page, 'to:jane@example.org');

  await watcher.getByText('live').waitFor();
  assert.match(await watcher.textContent(), /test.*SSE.*127\.0\.0\.1.*watcher\/1\.0.*with whole spans/s);
  await watcher.getByRole('button').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await watcher.getByText('live').waitFor();
  await watcher.getByRole('button').click();
  assert.deepEqual(await findViolations(page), []);
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText('has been disconnected').waitFor();
  await watcher.waitFor({ state: 'detached' });
  assert.match(await text, /event: bye\nid: \S+\ndata: {"reason":"disconnected"}/);
  aborter.abort();
  await browser.close(page);
});

test('a new subscriber appears by itself', async () => {
  const page = await open('subscribers');
  await page.getByRole('heading', { name: 'Subscribers' }).waitFor();

  const aborter = new AbortController();
  const stream = await ask('/api/tracing/live?level=error', { signal: aborter.signal });
  await row(page, 'level:error').waitFor();
  aborter.abort();
  await stream.body.cancel().catch(() => undefined);
  await row(page, 'level:error').waitFor({ state: 'detached' });
  await browser.close(page);
});

test('a level is set for a time, shows what is left, and is reset', async () => {
  const page = await open('levels');
  const setting = row(page, 'smtp.*');

  await page.getByRole('button', { name: 'Set a level' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set a level' });
  await dialog.getByLabel('Types').fill('not a glob!');
  await dialog.getByRole('button', { name: 'Set' }).click();
  await dialog.getByRole('alert').waitFor();
  assert.deepEqual(await findViolations(page), []);
  await dialog.getByLabel('Types').fill('smtp.*');
  await dialog.getByLabel('Level').selectOption('warn');
  await dialog.getByLabel('1 hour').check();
  await dialog.getByRole('button', { name: 'Set' }).click();
  await setting.getByText(/(59 min|1 h).* left/).waitFor();
  await setting.getByText('warn', { exact: true }).waitFor();
  const { levels } = await daemon.request('GET', '/api/tracing/levels');
  assert.equal(levels.find(({ glob }) => glob === 'smtp.*').level, 'warn');

  await setting.getByRole('button', { name: 'Change the level of smtp.*' }).click();
  await dialog.getByLabel('Level').selectOption('disable');
  await dialog.getByLabel('Until restart').check();
  await dialog.getByRole('button', { name: 'Set' }).click();
  await setting.getByText('until the next restart').waitFor();

  await setting.getByRole('button', { name: 'Reset the level of smtp.*' }).click();
  await setting.waitFor({ state: 'detached' });
  await browser.close(page);
});

test('a level that ends by itself disappears by itself', async () => {
  const page = await open('levels');

  // Where the page is slow it may be over before it is shown.
  let begun;
  await until('that it is shown', async () => {
    begun = Date.now();
    await daemon.request('PUT', '/api/tracing/levels/queue.%2A', { level: 'error', seconds: 5 });
    return await row(page, 'queue.*').getByText(/\d s left/).waitFor({ timeout: 5000 }).then(() => true, () => false);
  });
  // All that is ever shown of it, until it is gone.
  const shown = await page.evaluate(() => new Promise((resolve) => {
    const texts = new Set();
    const look = () => {
      const line = [...document.querySelectorAll('tr')].find((one) => one.textContent.includes('queue.*'));
      if (line === undefined)
        resolve([...texts]);
      else {
        texts.add(/(\d+ s left|until.*?restart|always)/.exec(line.textContent)?.[0] ?? line.textContent);
        requestAnimationFrame(look);
      }
    };
    look();
  }));
  for (const text of shown)
    assert.match(text, /^[1-5] s left$/);
  assert.ok(Date.now() >= begun + 4900, 'it went before its time');
  await browser.close(page);
});

test('sources are listed with how they fare', async () => {
  const page = await open('sources');

  await row(page, 'demo').getByText('running').waitFor();
  assert.deepEqual(
    await page.getByRole('columnheader').allTextContents(),
    ['Name', 'State', 'Lines', 'Events', 'Unmatched', 'Given up', 'Lost'],
  );
  await browser.close(page);
});

test('a token is made, shown once, and revoked', async () => {
  const page = await open('tokens');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: daemon.base });

  await page.getByRole('button', { name: 'Create token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('Enter a label').waitFor();
  await dialog.getByLabel('Label').fill('grafana <b>&amp;');
  await dialog.getByLabel('observe').uncheck();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('Choose one permission').waitFor();
  await dialog.getByLabel('observe').check();
  await dialog.getByLabel('Valid for').selectOption('1 day');
  assert.deepEqual(await findViolations(page), []);
  await dialog.getByRole('button', { name: 'Create' }).click();
  const made = await dialog.getByLabel('Token').inputValue();
  assert.match(made, /^lt_/);
  assert.deepEqual(await findViolations(page), []);
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await page.getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), made);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal((await page.content()).includes(made), false);
  assert.equal((await ask('/api/tracing/status', { token: made })).status, 200);
  assert.equal((await ask('/api/tokens', { token: made })).status, 403);

  await row(page, 'grafana <b>&amp;').getByText(/in 23 h 5\d min/).waitFor();
  await row(page, 'grafana').getByRole('button').click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await row(page, 'grafana').waitFor({ state: 'detached' });
  assert.equal((await ask('/api/tracing/status', { token: made })).status, 401);
  await browser.close(page);
});

test('the state of the service is shown and moves on', async () => {
  const page = await open('status');
  const received = async () =>
    Number((await page.locator('dt', { hasText: /^Received$/ }).locator('+ dd').textContent()).replace(/\D/g, ''));

  await page.getByRole('heading', { name: 'Ring' }).waitFor();
  const first = await received();
  await daemon.request('POST', '/api/tracing/events', [{ type: 'test.one' }, { type: 'test.two' }]);
  await page.waitForFunction((least) => {
    const terms = [...document.querySelectorAll('dt')];
    return Number(terms.find((term) => term.textContent === 'Received').nextElementSibling.textContent.replace(/\D/g, '')) > least;
  }, first);
  await browser.close(page);
});
