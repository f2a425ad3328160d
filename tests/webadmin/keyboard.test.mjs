// SPDX-License-Identifier: LGPL-2.1-or-later
// Dialogs and menus by the keyboard alone, down to what they bring about. Nothing here clicks, or fills in a field by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setUp, until } from './harness.mjs';

const { daemon, browser } = await setUp();

const row = (page, text) => page.getByRole('row').filter({ hasText: text });
const countRows = async (page) => Number(await page.locator('.list-space').getAttribute('aria-rowcount'));
const hasRows = (page, count) => until(`${count} rows`, async () => await countRows(page) === count);
const getFilter = (page) => page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('q') ?? '');
const hasFilter = async (page, text) => {
  await until(`the filter ${text}`, async () => await getFilter(page) === text).catch(async (error) => {
    throw new Error(`it is ${await getFilter(page)}, and the focus is on ${await describeFocus(page)}`, { cause: error });
  });
};

/** What has the focus, as one would be told: its name and what it is. */
const describeFocus = (page) => page.evaluate(() => {
  const element = document.activeElement;
  const name = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
  return name.trim().replace(/\s+/g, ' ');
});

/** Presses Tab (or another key) until something has the focus. */
async function goTo(page, name, key = 'Tab') {
  const seen = [];
  for (let i = 0; i < 60; i++) {
    const now = await describeFocus(page);
    if (typeof name === 'string' ? now === name : name.test(now))
      return;
    seen.push(now);
    await page.keyboard.press(key);
  }
  assert.fail(`${name} cannot be reached with ${key}: ${seen.join(' | ')}`);
}

async function press(page, ...keys) {
  for (const key of keys)
    await page.keyboard.press(key);
}

const openDialog = (page) => page.locator('dialog[open]').waitFor();
const noDialog = (page) => page.locator('dialog[open]').waitFor({ state: 'detached' });
// It has the focus a moment after it is seen.
const openMenu = (page) => page.waitForFunction(() => document.activeElement.closest('.menu:popover-open') !== null);
const noMenu = (page) => page.locator('.menu:popover-open').waitFor({ state: 'detached' });

test('a level is set, changed and reset', async () => {
  const page = await browser.open(daemon, '#/levels');
  await page.getByRole('heading', { name: 'Levels' }).waitFor();
  await goTo(page, 'Set a level');
  await press(page, 'Enter');
  await openDialog(page);
  // The field that must be filled in has the focus already.
  await goTo(page, 'Types');
  await page.keyboard.type('smtp.*');
  await goTo(page, 'Level');
  await page.keyboard.type('warn');
  await goTo(page, /^10 minutes/);
  await press(page, 'ArrowRight');
  assert.match(await describeFocus(page), /^1 hour/);
  await press(page, 'Enter');
  await noDialog(page);
  await row(page, 'smtp.*').getByText(/(59 min|1 h).* left/).waitFor();
  const read = async () => (await daemon.request('GET', '/api/tracing/levels')).levels.find(({ glob }) => glob === 'smtp.*')?.level;
  assert.equal(await read(), 'warn');
  await until('the focus where it was', async () => await describeFocus(page) === 'Set a level');

  await goTo(page, 'Change the level of smtp.*');
  await press(page, 'Space');
  await openDialog(page);
  await goTo(page, 'Level');
  await page.keyboard.type('disable');
  await goTo(page, 'Set');
  await press(page, 'Space');
  await noDialog(page);
  await until('the level', async () => await read() === 'disable');

  await goTo(page, 'Reset the level of smtp.*');
  await press(page, 'Enter');
  await until('the reset', async () => await read() === undefined);
  await row(page, 'smtp.*').waitFor({ state: 'detached' });
  // The button has gone with its row; the next key must not begin at the top of the page.
  await until('the focus nearby', () => page.evaluate(() => document.querySelector('main').contains(document.activeElement)));
  await browser.close(page);
});

test('a token is created, copied and revoked', async () => {
  const page = await browser.open(daemon, '#/tokens', { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByRole('heading', { name: 'Tokens' }).waitFor();
  await goTo(page, 'Create token');
  await press(page, 'Enter');
  await openDialog(page);
  await press(page, 'Enter');   // without a label
  await page.getByText('Enter a label').waitFor();
  await goTo(page, 'Label');
  await page.keyboard.type('by keys');
  await goTo(page, 'observe');
  await press(page, 'Space');
  await goTo(page, 'inject');
  await press(page, 'Space');
  await goTo(page, 'Valid for');
  await page.keyboard.type('1 day');
  await goTo(page, 'Create');
  await press(page, 'Enter');
  await page.getByText('it is shown only this once').waitFor();
  await goTo(page, 'Copy');
  await press(page, 'Enter');
  await page.getByText('Copied').first().waitFor();
  const token = await page.evaluate(() => navigator.clipboard.readText());
  const send = () => fetch(`${daemon.base}/api/tracing/events`, { method: 'POST', body: '{"type":"test.keys"}',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } });
  assert.equal((await send()).status, 202);
  assert.equal((await fetch(`${daemon.base}/api/tracing/status`, { headers: { Authorization: `Bearer ${token}` } })).status, 403);
  await press(page, 'Escape');
  await noDialog(page);

  await row(page, 'by keys').getByText(/in 23 h 5\d min/).waitFor();
  await goTo(page, 'Revoke "by keys"');
  await press(page, 'Enter');
  await openDialog(page);
  assert.equal(await describeFocus(page), 'Cancel');
  await goTo(page, 'Revoke');
  await press(page, 'Enter');
  await noDialog(page);
  await row(page, 'by keys').waitFor({ state: 'detached' });
  assert.equal((await send()).status, 401);
  await until('the focus nearby', () => page.evaluate(() => document.querySelector('main').contains(document.activeElement)));
  await browser.close(page);
});

test('levels and types are chosen from their menus', async () => {
  await daemon.inject(['error', 'warn', 'info', 'debug'].flatMap((level) =>
    ['keys.one', 'keys.two'].map((type) => ({ type, level, data: { queueId: `Q-${level}` } }))));
  const page = await browser.open(daemon, '#/live?q=queueId:Q&context=event');
  await hasRows(page, 8);
  await goTo(page, 'All levels');
  await press(page, 'Enter');
  await openMenu(page);
  await press(page, 'ArrowDown', 'ArrowDown', 'Enter');
  await noMenu(page);
  await hasFilter(page, 'level:warn queueId:Q');
  await hasRows(page, 4);

  // By the first letter too; and Escape changes nothing.
  await goTo(page, 'warn and more severe');
  await press(page, 'ArrowDown');
  await openMenu(page);
  await press(page, 'Escape');
  await noMenu(page);
  assert.equal(await getFilter(page), 'level:warn queueId:Q');
  await goTo(page, 'warn and more severe');
  await press(page, 'Space');
  await openMenu(page);
  await press(page, 'e', 'Enter');
  await hasFilter(page, 'level:error queueId:Q');
  await hasRows(page, 2);

  await goTo(page, 'All types');
  await press(page, 'Enter');
  await openMenu(page);
  await goTo(page, 'Search types');
  await page.keyboard.type('keys.');
  await goTo(page, /^keys\.two/);
  await press(page, 'Space');
  await hasFilter(page, 'type:keys.two level:error queueId:Q');
  await hasRows(page, 1);
  await press(page, 'Escape');
  await noMenu(page);
  await goTo(page, 'keys.two');
  await press(page, 'Enter');
  await openMenu(page);
  await goTo(page, 'Search types');
  await goTo(page, 'All types');
  await press(page, 'Enter');
  await hasFilter(page, 'level:error queueId:Q');
  await hasRows(page, 2);
  await goTo(page, 'Search types');   // the button has gone
  await browser.close(page);
});

test('a value is included, excluded, highlighted and copied', async () => {
  await daemon.inject([1, 2, 3].map((number) => ({ type: 'keys.value', level: 'info', data: { accountName: `user-${number}`, remoteIp: '192.0.2.7' } })));
  const page = await browser.open(daemon, '#/live?q=type:keys.value&context=event', { permissions: ['clipboard-read', 'clipboard-write'] });
  await hasRows(page, 3);

  /** Opens the menu of the account's name in the last row. */
  const openValue = async () => {
    await page.locator('.stream-good').waitFor();
    await press(page, 'End');
    await goTo(page, /^accountName/, 'ArrowRight');
    await press(page, 'Enter');
    await openMenu(page);
  };
  const choose = async (name) => {
    await goTo(page, name, 'ArrowDown');
    await press(page, 'Enter');
    await noMenu(page);
  };
  await openValue();
  await choose('Exclude');
  await hasFilter(page, 'type:keys.value -accountName:=user-3');
  await hasRows(page, 2);

  await openValue();
  await choose('Include');
  await hasFilter(page, 'type:keys.value -accountName:=user-3 accountName:=user-2');
  await hasRows(page, 1);

  await openValue();
  await choose('Highlight');
  await page.locator('.row mark.mark-1', { hasText: 'user-2' }).waitFor();
  await openValue();
  await choose('Stop highlighting');
  await page.locator('.row mark.mark-1').waitFor({ state: 'detached' });

  await openValue();
  await choose('Copy value');
  await page.getByText('Copied').first().waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'user-2');
  // The focus is in the list still.
  await until('the focus in the list', () => page.evaluate(() => document.querySelector('.list').contains(document.activeElement)));

  await openValue();
  await choose('Show only this');
  await hasFilter(page, 'accountName:=user-2');
  await hasRows(page, 1);
  await browser.close(page);
});
