// SPDX-License-Identifier: LGPL-2.1-or-later
// Focus that is seen, kept in dialogs and given back; nothing that moves for those who do not want it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setUp, until } from './harness.mjs';
import { makeMessage } from './mail.mjs';

const { daemon, browser } = await setUp();
await daemon.inject(makeMessage('shown'));
await daemon.request('PUT', '/api/tracing/levels/smtp.%2A', { level: 'debug', seconds: 3000 });

const button = (page, name) => page.getByRole('button', { name, exact: true }).first();
const dialog = (page) => page.locator('dialog[open]').waitFor();

/** What is wrong with how the focus is shown; null if nothing. */
function judgeFocus() {
  const element = document.activeElement;
  if (element === document.body || element === document.documentElement)
    return null;
  const name = `${element.tagName} ${element.className} ${element.getAttribute('aria-label') ?? element.textContent.slice(0, 40)}`;
  const isMarked = (one) => [null, '::after'].some((part) => {
    const style = getComputedStyle(one, part);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none' && style.content !== 'none';
  });
  // A field in a frame of its own is marked there, a hidden box by its label.
  const marked = [element, element.parentElement, element.parentElement?.parentElement, ...element.labels ?? [], element.nextElementSibling].filter(Boolean);
  if (!marked.some(isMarked))
    return `${name}: nothing shows the focus`;
  const box = element.getBoundingClientRect();
  const [left, top, right, bottom] = [Math.max(box.left, 0), Math.max(box.top, 0), Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
  if (right <= left || bottom <= top)
    return `${name}: is not on the screen`;
  // Not wholly covered: one of some points of it is its own.
  const own = [0.1, 0.5, 0.9].some((x) => [0.1, 0.5, 0.9].some((y) => {
    const there = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
    return there !== null && (element.contains(there) || there.contains(element) || [...element.labels ?? []].some((label) => label.contains(there)));
  }));
  return own ? null : `${name}: is covered`;
}

for (const width of [1280, 390])
  test(`the focus is seen wherever Tab leads, ${width} px`, async () => {
    const page = await browser.open(daemon, '#/status', { width, height: 800 });
    for (const view of ['live', 'spans', 'spans?span=shown-delivery&context=trace', 'subscribers', 'levels', 'sources', 'tokens', 'status']) {
      await page.goto(`/#/${view}`);
      await page.reload();
      await page.locator('.shell h1').first().waitFor({ state: 'attached' });
      await page.locator('.row, .span-link, .fall-row, td, .card, .page').first().waitFor();
      const seen = new Set();
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate(judgeFocus), null, view);
        const where = await page.evaluate(() => document.activeElement === document.body ? '' : document.activeElement.outerHTML.slice(0, 300));
        if (where === '' || seen.has(where) && seen.size > 8)
          break;
        seen.add(where);
      }
      assert.ok(seen.size > 5, `${view}: Tab led to ${seen.size} places`);
    }
    await browser.close(page);
  });

test('dialogs keep the focus, end with Escape, and give it back', async () => {
  const page = await browser.open(daemon, '#/status');
  const inDialog = () => page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog[open]') !== null);
  const isBack = (name) => until(`the focus at "${name}"`, () => button(page, name).evaluate((element) => element === document.activeElement));
  for (const [view, name] of [['status', 'Keyboard shortcuts'], ['status', 'Settings'], ['levels', 'Set a level'], ['levels', 'Change the level of smtp.*'],
    ['tokens', 'Create token']]) {
    await page.goto(`/#/${view}`);
    await button(page, name).focus();
    await page.keyboard.press('Enter');
    await dialog(page);
    for (const key of ['Tab', 'Shift+Tab'])
      for (let i = 0; i < 15; i++) {
        await page.keyboard.press(key);
        assert.ok(await inDialog(), `${name}: ${key} left the dialog`);
      }
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await isBack(name);
  }
  for (const [view, name] of [['live', 'All levels'], ['live', 'All types'], ['live', 'Export'], ['live', 'More'], ['status', 'Signed in as test']]) {
    await page.goto(`/#/${view}`);
    await button(page, name).focus();
    await page.keyboard.press('Enter');
    await page.locator('.menu:popover-open').waitFor();
    await page.waitForFunction(() => document.activeElement.closest('.menu') !== null);
    await page.keyboard.press('Escape');
    await page.locator('.menu:popover-open').waitFor({ state: 'detached' });
    await isBack(name);
  }
  await browser.close(page);
});

test('nothing moves for those who want less of it', async () => {
  const moving = () => [...document.querySelectorAll('*')].flatMap((element) => [element, '::before', '::after'].map((part) => {
    const style = typeof part === 'string' ? getComputedStyle(element, part) : getComputedStyle(element);
    return style.animationName !== 'none' || style.transitionProperty !== 'none' && style.transitionDuration.split(', ').some((time) => parseFloat(time) > 0)
      || style.scrollBehavior === 'smooth' ? element.outerHTML.slice(0, 100) : null;
  })).filter((one) => one !== null);
  const page = await browser.open(daemon, '#/status', { reducedMotion: 'reduce' });
  for (const view of ['live', 'spans', 'subscribers', 'levels', 'tokens', 'status']) {
    await page.goto(`/#/${view}`);
    await page.locator('.shell h1').first().waitFor({ state: 'attached' });
    await page.keyboard.press(',');
    await dialog(page);
    assert.deepEqual(await page.evaluate(moving), []);
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
  }
  await browser.close(page);
});
