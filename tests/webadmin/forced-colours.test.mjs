// SPDX-License-Identifier: LGPL-2.1-or-later
// Colours that the system decides on (forced-colors): what is told by colour elsewhere must still be told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findViolations, setUp, until } from './harness.mjs';
import { makeMessage } from './mail.mjs';

const { daemon, browser } = await setUp();
await daemon.inject(makeMessage('forced'));
await daemon.inject(['error', 'warn', 'info', 'debug', 'trace'].map((level) => ({ type: 'test.level', level, data: { remoteIp: '192.0.2.7' } })));

/** Gives what a browser makes of the style of the first element that is found. */
const styleOf = (page, selector, names, pseudo = null) => page.locator(selector).first().evaluate((element, [wanted, part]) => {
  const style = getComputedStyle(element, part);
  return Object.fromEntries(wanted.map((name) => [name, style.getPropertyValue(name)]));
}, [names, pseudo]);

/** What the system's own colours are here. */
const systemColours = (page) => page.evaluate(() => Object.fromEntries(['Canvas', 'CanvasText', 'Highlight', 'Mark'].map((name) => {
  const element = document.createElement('span');
  element.style.cssText = `forced-color-adjust: none; color: ${name}`;
  document.body.append(element);
  const { color } = getComputedStyle(element);
  element.remove();
  return [name, color];
})));

for (const theme of ['light', 'dark']) {
  const open = (address) => browser.open(daemon, address, { theme, forcedColors: 'active' });

  test(`no view has a violation, ${theme}`, async () => {
    const page = await open('#/live?mark=Message&mark=192.0.2.7');
    await page.locator('.row mark').first().waitFor();
    assert.ok(await page.evaluate(() => matchMedia('(forced-colors: active)').matches));
    assert.deepEqual(await findViolations(page), []);
    for (const view of ['spans', 'spans?span=forced-message&context=trace', 'subscribers', 'levels', 'sources', 'tokens', 'status']) {
      await page.goto(`/#/${view}`);
      await page.locator('tbody tr, .fall-row[aria-level], .empty, .card').first().waitFor();
      assert.deepEqual(await findViolations(page), [], view);
    }
    await browser.close(page);
  });

  test(`the focus, what is chosen, marks and levels can be told, ${theme}`, async () => {
    const page = await open('#/live?mark=Message&mark=192.0.2.7');
    await page.locator('.row mark.mark-2').first().waitFor();
    const { Canvas, CanvasText, Highlight, Mark } = await systemColours(page);
    assert.equal(new Set([Canvas, CanvasText, Highlight]).size, 3);

    // Marks differ from the ground and from each other.
    const marks = await Promise.all(['.mark-1', '.mark-2'].map((mark) => styleOf(page, `.row ${mark}`, ['background-color', 'text-decoration'])));
    for (const mark of marks)
      assert.equal(mark['background-color'], Mark);
    assert.notEqual(marks[0]['text-decoration'], marks[1]['text-decoration']);

    // Levels have their words, and the severe ones a frame.
    const frames = await Promise.all(['error', 'warn', 'info'].map((level) => styleOf(page, `.row .level-${level}`, ['outline-width', 'outline-style'])));
    assert.deepEqual(frames.map((frame) => frame['outline-style'] === 'none' ? '0' : frame['outline-width']), ['2px', '1px', '0']);
    assert.notEqual((await styleOf(page, '.row-error', ['background-color'], '::before'))['background-color'], Canvas);

    // The focus: of the list, of a field, of a button.
    await page.locator('.list-space').focus();
    await page.keyboard.press('k');
    assert.deepEqual(await styleOf(page, '.list-place', ['outline-style', 'outline-color'], '::after'), { 'outline-style': 'solid', 'outline-color': Highlight });
    assert.deepEqual(await styleOf(page, '.row.active > .line', ['outline-style', 'outline-color']), { 'outline-style': 'solid', 'outline-color': Highlight });
    await page.keyboard.press('/');
    assert.deepEqual(await styleOf(page, '.filter-input', ['outline-style', 'outline-color']), { 'outline-style': 'solid', 'outline-color': Highlight });
    await page.keyboard.press('Tab');
    assert.deepEqual(await styleOf(page, ':focus-visible', ['outline-style', 'outline-color']), { 'outline-style': 'solid', 'outline-color': Highlight });

    // What is chosen: the view, a choice, a pressed button.
    assert.equal((await styleOf(page, 'nav a[aria-current]', ['border-bottom-color']))['border-bottom-color'], Highlight);
    assert.equal((await styleOf(page, 'nav a:not([aria-current])', ['border-bottom-color']))['border-bottom-color'], Canvas);
    assert.equal((await styleOf(page, '.view-switch input:checked + span', ['background-color']))['background-color'], Highlight);
    await page.locator('.pause').click();
    assert.equal((await styleOf(page, '.pause', ['background-color']))['background-color'], Highlight);
    await browser.close(page);
  });

  test(`the strip and the waterfall are drawn, ${theme}`, async () => {
    const page = await open('#/live');
    await page.locator('.row').first().waitFor();
    const { Canvas, CanvasText } = await systemColours(page);
    // How much of the strip has a colour: more once a stretch is chosen.
    const drawn = () => page.evaluate(() => {
      const canvas = document.querySelector('.rate-plot canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value, index) => index % 4 === 3 && value > 0).length;
    });
    const before = await until('the strip', async () => await drawn());
    await page.getByRole('slider').focus();
    for (const key of ['ArrowLeft', 'Shift+PageUp', 'Shift+PageUp'])
      await page.keyboard.press(key);
    await until('the stretch', async () => await drawn() > before * 1.1);

    await page.goto('/#/spans?span=forced-message&context=trace');
    const bar = await styleOf(page, '.fall-bar.of-span', ['background-color', 'outline-color', 'outline-style']);
    assert.notEqual(bar['background-color'], Canvas);
    assert.equal(bar['outline-color'], CanvasText);
    assert.equal(bar['outline-style'], 'solid');
    await browser.close(page);
  });
}
