// SPDX-License-Identifier: LGPL-2.1-or-later
// Events that want to be more than text: the page holds them as text, and keeps its shape.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overflows, setUp } from './harness.mjs';

const { daemon, browser } = await setUp();

const WORDS = {
  script: '</script><script>globalThis.hacked = 1</script>',
  handler: '<img src=x onerror="globalThis.hacked = 1">',
  svg: '<svg/onload=globalThis.hacked=1>',
  attribute: '"\' onmouseover="globalThis.hacked = 1" x="',
  template: '${globalThis.hacked=1}{{constructor.constructor("globalThis.hacked=1")()}}',
  link: 'javascript:globalThis.hacked=1',
  comment: '<!--<style>*{display:none}</style>-->]]>',
  rtl: 'abc\u202egnp.exe\u2066\u2067\u200f \u05e9\u05dc\u05d5\u05dd',
  controls: 'bell\u0007esc\u001b[31mred\u001b[0m back\u0008 del\u007f c1\u009b31m\u0085 sep\u2028\u2029',
  zalgo: `Z${'\u0301\u0316\u0334'.repeat(200)}algo`,
  emoji: '👩‍👩‍👧‍👦🏳️‍🌈\ufffd\ufeff',
  unbroken: 'w'.repeat(5000),
  lines: 'line\n'.repeat(500),
};

function makeCorpus() {
  const events = Object.entries(WORDS).map(([name, text]) => ({
    type: 'test.hostile', level: 'warn', text: text.slice(0, 4000), details: text, data: { reason: text, from: text, to: [text, text], queueId: text.slice(0, 120), name },
  }));
  events.push({ type: 'test.hostile', text: 'ids', data: { spanId: 'a"b\'c<d>\\e&f/../?#%00', parentSpanId: '"><script>' } });
  events.push({ type: 'test.hostile', text: 'large', data: { contents: '<b>x</b>'.repeat(7500) } });
  events.push({ type: 'test.hostile', text: 'keys', data: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`key${i}`, `value ${i} ${'y'.repeat(200)}`])) });
  events.push({ type: `test.${'long-'.repeat(24)}x`, text: 'type', data: {} });
  events.push({ type: 'test.hostile', text: 'list', data: { to: Array.from({ length: 4000 }, (_, i) => `a${i}@x.org`) } });
  let nested = { type: 'test.nested', text: WORDS.script, data: { reason: WORDS.handler } };
  for (let i = 0; i < 6; i++)
    nested = { type: 'test.nested', text: WORDS.handler, data: { inner: nested, many: ['<i>', WORDS.rtl] } };
  events.push({ type: 'test.hostile', text: 'nested', data: { inner: nested } });
  // 10,000 values in one event: a list of lists, as many as fit, and nested events with as many keys as may be.
  events.push({ type: 'test.hostile', text: 'chips', data: { many: Array.from({ length: 100 }, (_, i) => Array.from({ length: 100 }, (__, j) => `<${i}>${j}`.slice(0, 4))) } });
  events.push({ type: 'test.hostile', text: 'keys of keys', data: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`,
    { type: 'test.keys', data: Object.fromEntries(Array.from({ length: 60 }, (__, j) => [`k${j}`, '<i>'])) }])) });
  return events;
}

/** How high the highest opened row may be: what is long is cut, and can be asked for. */
const MOST_PIXELS = 60_000;

const corpus = makeCorpus();
assert.equal((await daemon.inject(corpus)).accepted, corpus.length);

/** Nothing of an event became an element, ran, or pushed the page apart. */
async function check(page, what) {
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined, what);
  assert.equal(await overflows(page), false, `${what}: too wide`);
  assert.equal(await page.locator('#app :is(script, img, iframe, object, style, b, i, [onerror], [onload], [onmouseover]), #app a[href^="javascript:"]').count(), 0, what);
}

for (const width of [1280, 390]) {
  test(`live view, ${width} wide`, async () => {
    const page = await browser.open(daemon, '#/live', { width });
    await page.locator('.row').first().waitFor();
    await check(page, 'rows');
    await page.keyboard.press('Home');   // the list follows its end
    await page.locator('.row .text', { hasText: '</script>' }).waitFor();
    // One after the other, opened.
    for (let i = 0; i < corpus.length; i++) {
      await page.keyboard.press(i === 0 ? 'Home' : 'j');
      await page.keyboard.press('o');
      await page.locator('.detail').first().waitFor();
      await check(page, `row ${i}`);
      const list = await page.evaluate(() => {
        const element = document.querySelector('.list');
        const rows = [...document.querySelectorAll('.row')];
        return {
          tooWide: element.scrollWidth - element.clientWidth,
          closed: Math.max(...rows.filter((row) => !row.classList.contains('open')).map((row) => row.offsetHeight), 0),
          open: Math.max(...rows.map((row) => row.offsetHeight)),
          elements: element.querySelectorAll('*').length,
        };
      });
      assert.ok(list.tooWide <= 1, `row ${i}: the list is ${list.tooWide} too wide`);
      assert.ok(list.closed <= 46, `row ${i}: a closed row is ${list.closed} high`);
      assert.ok(list.open <= MOST_PIXELS, `row ${i}: it is ${list.open} high`);
      assert.ok(list.elements < 20_000, `row ${i}: ${list.elements} elements`);
      await page.keyboard.press('c');
    }
    await browser.close(page);
  });

  test(`spans, ${width} wide`, async () => {
    const page = await browser.open(daemon, '#/spans?q=type:test.hostile+ids', { width });
    await page.locator('.span-link').first().waitFor();
    await check(page, 'list');
    await page.getByRole('link', { name: 'Open ids,' }).click();
    await page.locator('.fall').waitFor();
    await check(page, 'waterfall');
    assert.match(await page.locator('h1').textContent(), /a"b'c<d>\\e&f\/\.\.\/\?#%00/);
    await browser.close(page);
  });

  test(`a waterfall of them, ${width} wide`, async () => {
    await daemon.inject(makeCorpus().map((event) => ({ ...event, data: { ...Object.fromEntries(Object.entries(event.data).slice(0, 60)), spanId: `wall-${width}` } })));
    const page = await browser.open(daemon, `#/spans?span=wall-${width}`, { width });
    const rows = page.locator('.fall-row[aria-level]');
    await rows.nth(10).waitFor();
    await check(page, 'closed');
    for (let i = 0; i < await rows.count(); i++) {
      await rows.nth(i).focus();
      await page.keyboard.press('Enter');
    }
    await check(page, 'opened');
    await browser.close(page);
  });
}

test('what would move or hide text is shown by its number', async () => {
  const page = await browser.open(daemon, '#/live?q=type:test.hostile');
  await page.locator('.row').nth(5).waitFor();
  const text = await page.locator('.list').textContent();
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  await browser.close(page);
});

test('in filters and labels too', async () => {
  for (const text of Object.values(WORDS).filter((word) => word.length < 1000)) {
    const page = await browser.open(daemon, `#/live?${new URLSearchParams({ q: `reason:="${text.replace(/["\\]/g, '\\$&')}"` })}&mark=${encodeURIComponent(text)}`);
    await page.locator('.row, .list-empty, .filter-problem').first().waitFor();
    await check(page, text);
    await browser.close(page);
  }
});
