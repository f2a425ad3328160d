// SPDX-License-Identifier: LGPL-2.1-or-later
// Every view, in both themes: nothing that axe finds wrong, no wider than the window, no fault in the console.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findViolations, overflows, setUp } from './harness.mjs';

const VIEWS = ['live', 'spans', 'subscribers', 'levels', 'sources', 'tokens', 'status'];

const { daemon, browser } = await setUp({ arguments: ['--demo'] });

async function check(address, options) {
  const page = await browser.open(daemon, address, options);
  await page.locator('h1').first().waitFor({ state: 'attached' });
  if (/live/.test(address))
    await page.locator('.row').nth(5).waitFor();
  if (/spans/.test(address))
    await page.locator('.span-link').nth(1).waitFor();
  assert.deepEqual(await findViolations(page), []);
  assert.equal(await overflows(page), false);
  await browser.close(page);
}

for (const theme of ['light', 'dark']) {
  test(`sign-in, ${theme}`, () => check('', { token: null, theme }));
  for (const view of VIEWS)
    test(`${view}, ${theme}`, () => check(`#/${view}`, { theme }));
}

for (const view of VIEWS)
  test(`${view}, narrow`, () => check(`#/${view}`, { width: 390, height: 844 }));
