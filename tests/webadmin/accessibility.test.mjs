// SPDX-License-Identifier: LGPL-2.1-or-later
// Every view, dialog, menu and sheet, in both themes, wide and narrow: nothing that axe finds wrong, no wider than the window.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findViolations, overflows, setUp, signIn } from './harness.mjs';
import { makeMessage } from './mail.mjs';

const { daemon, browser } = await setUp();
await daemon.inject(makeMessage('shown'));
await daemon.inject([
  { type: 'test.shown', level: 'error', text: 'It failed', details: 'more\nthan one line', data: { to: ['jane@example.org', 'john@example.org'], spanId: 'shown-message',
    inner: { type: 'test.inner', data: { code: 451 } } } },
  ...['error', 'warn', 'info', 'debug', 'trace'].map((level) => ({ type: 'test.level', level, data: { remoteIp: '192.0.2.7', size: 4096, elapsed: 1200 } })),
]);
await daemon.request('PUT', '/api/tracing/levels/smtp.%2A', { level: 'debug', seconds: 3000 });

const button = (page, name) => page.getByRole('button', { name, exact: true }).first();
const openMenu = (name) => async (page) => {
  await button(page, name).click();
  await page.locator('.menu:popover-open').waitFor();
};
const dialog = (page) => page.locator('dialog[open]').waitFor();
const openDialog = (name) => async (page) => {
  await button(page, name).click();
  await dialog(page);
};
const rows = (page) => page.locator('.row').nth(5).waitFor();
const openRow = async (page) => {
  await rows(page);
  await page.keyboard.press('k');
  await page.keyboard.press('k');
  await page.keyboard.press('o');
  await page.locator('.detail').waitFor();
};
const fill = (text, what) => async (page) => {
  await page.getByRole('combobox', { name: 'Filter' }).fill(text);
  await page.locator(what).waitFor();
};

/** What is looked at: its name, its address, and how one gets there from it. */
const STATES = [
  ['live', '#/live', rows],
  ['an open row', '#/live', openRow],
  ['the menu of a value', '#/live', async (page) => {
    await openRow(page);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('.menu:popover-open').waitFor();
  }],
  ['completion', '#/live', async (page) => {
    await rows(page);   // what they hold is offered
    await fill('to:', '.choices')(page);
  }],
  ['a wrong filter', '#/live', fill('remoteipp:1', '.filter-problem')],
  ['highlights', '#/live?q=192.0.2&mark=delivered&mark=SMTP', (page) => page.locator('mark').first().waitFor()],
  ['no match', '#/live?q=type:no.such', (page) => page.getByText('No event matches yet').waitFor()],
  ['the level menu', '#/live', openMenu('All levels')],
  ['the type menu', '#/live', openMenu('All types')],
  ['the export menu', '#/live', openMenu('Export')],
  ['the other menu', '#/live', openMenu('More')],
  ['the user menu', '#/status', openMenu('Signed in as test')],
  ['a pause', '#/live', async (page) => {
    await rows(page);
    await page.keyboard.press('p');
    await page.locator('.list-foot').waitFor();
  }],
  ['a stretch of time', '#/live', async (page) => {
    await rows(page);
    await page.getByRole('slider').focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await page.locator('.list-note').waitFor();
  }],
  ['an event that is gone', '#/live?event=00000000.1', (page) => page.locator('.pinned').waitFor()],
  ['spans', '#/spans', (page) => page.locator('.span-link').first().waitFor()],
  ['traces', '#/spans?group=trace', (page) => page.locator('.span-link').first().waitFor()],
  ['a waterfall', '#/spans?span=shown-delivery&context=trace', async (page) => {
    await page.locator('.fall-row[aria-level]').nth(3).click();
    await page.locator('.fall-detail').waitFor();
  }],
  ['no such span', '#/spans?span=none', (page) => page.getByText('knows nothing of this span').waitFor()],
  ['subscribers', '#/subscribers', (page) => page.locator('tbody tr').first().waitFor()],
  ['disconnecting one', '#/subscribers', async (page) => {
    await page.locator('tbody button').first().click();
    await dialog(page);
  }],
  ['levels', '#/levels', (page) => page.getByText('smtp.*').waitFor()],
  ['setting a level', '#/levels', openDialog('Set a level')],
  ['sources', '#/sources', (page) => page.locator('h1').waitFor()],
  ['tokens', '#/tokens', (page) => page.locator('tbody tr').first().waitFor()],
  ['making a token', '#/tokens', openDialog('Create token')],
  ['revoking a token', '#/tokens', async (page) => {
    await page.locator('tbody button').first().click();
    await dialog(page);
  }],
  ['status', '#/status', (page) => page.getByRole('heading', { name: 'Ring' }).waitFor()],
  ['the help sheet', '#/live', openDialog('Keyboard shortcuts')],
  ['settings', '#/live', openDialog('Settings')],
];

for (const theme of ['light', 'dark'])
  for (const [width, height] of [[1280, 800], [390, 844]]) {
    test(`axe, ${theme}, ${width} px`, async (context) => {
      const page = await browser.open(daemon, '#/status', { theme, width, height });
      // Somebody to be listed.
      const watcher = await page.context().newPage();
      await watcher.goto(`${daemon.base}/#/live?q=type:test.level`);
      await watcher.locator('.stream-good').waitFor();
      await page.bringToFront();
      for (const [name, address, prepare] of STATES)
        await context.test(name, async () => {
          await page.goto('/');   // so that nothing of the state before is left
          await page.goto(`/${address}`);
          await page.locator('.shell h1').first().waitFor({ state: 'attached' });
          await prepare(page).catch(async (error) => {
            throw new Error(await page.locator('.shell').innerText(), { cause: error });
          });
          assert.deepEqual(await findViolations(page), []);
          assert.equal(await overflows(page), false);
        });
      await browser.close(page);
    });

    test(`axe, signing in, ${theme}, ${width} px`, async () => {
      const page = await browser.open(daemon, '', { theme, width, height, token: null });
      assert.deepEqual(await findViolations(page), []);
      await page.getByLabel('Token').fill('lt_wrong');
      await page.keyboard.press('Enter');
      await page.getByText('mistyped, used up, expired or revoked').waitFor();
      assert.deepEqual(await findViolations(page), []);
      await signIn(page, await daemon.createToken(`brief ${theme} ${width}`, ['observe'], 300));
      await page.getByText('You will be signed out at').waitFor();
      assert.deepEqual(await findViolations(page), []);
      await page.goto('/#/tokens');
      await page.getByText('without the permission "manage"').waitFor();
      assert.deepEqual(await findViolations(page), []);
      assert.equal(await overflows(page), false);
      await browser.close(page);
    });
  }
