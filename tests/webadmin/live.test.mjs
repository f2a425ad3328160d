// SPDX-License-Identifier: LGPL-2.1-or-later
// The live view in a browser, against the real daemon.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { becomes, findViolations, overflows, setUp, until } from './harness.mjs';

const { daemon, browser } = await setUp();

const ROW = '.row';
let stamp = 0;

// Each test has a type of its own, so that none sees events of another.
let type;
beforeEach(() => { type = `live.test-${++stamp}`; });

const inject = (count, make = () => ({})) =>
  daemon.inject(Array.from({ length: count }, (_, index) => ({ type, ...make(index), data: { number: index, ...make(index).data } })));
const open = (address = '', options) => browser.open(daemon, `#/live?q=type:${type}${address}`, options);
const live = (page) => page.locator('.stream-good').waitFor();
const countRows = async (page) => Number(await page.locator('.list-space').getAttribute('aria-rowcount'));
const hasRows = (page, count) => until(`${count} rows`, async () => await countRows(page) === count);
const firstVisible = (page) => page.evaluate(() => {
  const list = document.querySelector('.list').getBoundingClientRect();
  const row = [...document.querySelectorAll('.row')].map((element) => [element.getBoundingClientRect().top, element.textContent])
    .filter(([top]) => top >= list.top - 1).sort(([a], [b]) => a - b)[0];
  return [Math.round(row[0] - list.top), row[1]];
});
const getTop = (page) => page.evaluate(() => document.querySelector('.list').scrollTop);
/** Waits until the list stands still. */
const rests = (page) => page.evaluate(() => new Promise((resolve) => {
  const list = document.querySelector('.list');
  let [before, still] = [NaN, 0];
  const look = () => {
    still = list.scrollTop === before ? still + 1 : 0;
    before = list.scrollTop;
    if (still < 30)
      requestAnimationFrame(look);
    else
      resolve();
  };
  look();
}));
/** Turns the wheel, until the list has come to rest. */
async function turnWheel(page, by) {
  const top = await getTop(page);
  await page.locator('.list').hover();
  await page.mouse.wheel(0, by);
  await until('that it scrolls', async () => Math.abs(await getTop(page) - top) > Math.abs(by) / 2);
  await rests(page);
}
const isAtEnd = (page) => page.evaluate(() => {
  const list = document.querySelector('.list');
  return list.scrollTop + list.clientHeight >= list.scrollHeight - 2;
});
const chip = (page, key) => page.locator(`${ROW} .row-chip`, { has: page.locator(`.chip-key:text-is("${key}")`) });
const filterOf = (page) => page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('q'));

test('events appear as they come: time, level, type, text, keys', async () => {
  const page = await open();
  await live(page);
  await page.getByText('No event matches yet').waitFor();
  await inject(1, () => ({ level: 'warn', text: 'It happened', createdAt: '2026-11-22T06:35:06.041377Z', data: { to: 'jane@example.org', size: 2048, spanId: 's1' } }));
  const row = page.locator(ROW);
  await row.waitFor();
  assert.match(await row.textContent(), /^2026-11-22 06:35:06\.041377warn/);
  assert.match(await row.textContent(), /It happened/);
  assert.equal(await row.locator('.type').textContent(), type);
  assert.equal(await chip(page, 'to').locator('.chip-value').textContent(), 'jane@example.org');
  assert.equal(await chip(page, 'size').locator('.chip-value').textContent(), '2 KiB');
  assert.match(await row.locator('.span-chip').textContent(), /s1/);
  await browser.close(page);
});

for (const [theme, width, height] of [['light', 1280, 800], ['dark', 1280, 800], ['light', 390, 844], ['dark', 390, 844]])
  test(`axe finds nothing wrong: ${theme}, ${width} px`, async () => {
    const page = await open('', { theme, width, height });
    await live(page);
    await inject(60, (index) => ({ level: ['error', 'warn', 'info', 'debug', 'trace'][index % 5], details: 'more', data: { to: 'jane@example.org', spanId: `${type}-${index}` } }));
    await hasRows(page, 60);
    assert.deepEqual(await findViolations(page), []);
    await page.locator(`${ROW} .time`).last().click();
    await page.locator('.detail').waitFor();
    assert.deepEqual(await findViolations(page), []);
    await page.getByRole('combobox').fill('remoteipp:1');
    await page.locator('.filter-problem').waitFor();
    assert.deepEqual(await findViolations(page), []);
    await page.getByRole('combobox').fill('to:');
    await page.getByRole('listbox').waitFor();
    assert.deepEqual(await findViolations(page), []);
    assert.equal(await overflows(page), false);
    await browser.close(page);
  });

test('the end is followed until one scrolls up; then it says what one does not see', async () => {
  const page = await open();
  await live(page);
  await inject(200);
  await hasRows(page, 200);
  await until('the end', () => isAtEnd(page));
  await turnWheel(page, -800);
  await page.getByRole('button', { name: 'To the end' }).waitFor();
  const before = await firstVisible(page);
  await inject(1);
  await page.getByRole('button', { name: 'One new event' }).waitFor();
  await inject(41);
  await page.getByRole('button', { name: '42 new events' }).waitFor();
  assert.deepEqual(await firstVisible(page), before);
  await page.getByRole('button', { name: '42 new events' }).click();
  await page.locator('.list-foot').waitFor({ state: 'detached' });
  await until('the end', () => isAtEnd(page));
  assert.match(await page.locator(ROW).last().textContent(), new RegExp(type));
  await inject(5);
  await hasRows(page, 247);
  await until('the end', () => isAtEnd(page));
  await browser.close(page);
});

test('nothing moves under a reader when rows fall out', async () => {
  const page = await open();
  await live(page);
  for (let i = 0; i < 10; i++)
    await inject(10_000);
  await hasRows(page, 100_000);
  await page.keyboard.press('Home');
  await turnWheel(page, 24 * 30_000);
  const top = await getTop(page);
  const before = await firstVisible(page);
  await inject(5000);
  await until('that rows fall out', async () => (await page.getByRole('button', { name: '5,000 new events' }).count()) === 1);
  // What they leave behind is taken away once nobody scrolls.
  await until('that', async () => await getTop(page) < top - 24 * 4500);
  await rests(page);
  assert.deepEqual(await firstVisible(page), before);
  assert.equal(await countRows(page), 100_000);
  await page.keyboard.press('Home');
  await page.getByText('5,000 earlier events have left this page.').waitFor();
  await browser.close(page);
});

test('while one scrolls, rows stand still that others leave behind', async () => {
  const page = await open();
  await live(page);
  let serial = 0;
  const injectSome = (count) => {
    const from = serial;
    serial += count;
    return inject(count, (index) => ({ data: { serial: from + index } }));
  };
  for (let i = 0; i < 10; i++)
    await injectSome(10_000);
  await hasRows(page, 100_000);
  await page.keyboard.press('Home');
  await turnWheel(page, 24 * 50_000);
  await page.evaluate(() => {
    const list = document.querySelector('.list');
    const rowHeight = parseFloat(getComputedStyle(list).getPropertyValue('--row-height'));
    let before = Infinity;
    const result = globalThis.result = { seen: 0, moved: [], run: true };
    // Where the first of all rows is, or would be: it goes up when the list is put in order, and never comes down again.
    list.addEventListener('scroll', () => {
      for (const row of list.querySelectorAll('.row')) {
        const top = parseFloat(row.style.top);
        const serial = /serial\D*(\d+)/.exec(row.textContent)?.[1];
        if (top < 0 || serial === undefined)
          continue;
        const first = top - rowHeight * Number(serial);
        if (first > before + rowHeight / 2)   // the browser gives six digits of a length
          result.moved.push([serial, before, first]);
        before = first;
      }
      result.seen++;
    });
    const scroll = () => {
      list.scrollTop -= 5;
      if (result.run)
        requestAnimationFrame(scroll);
    };
    scroll();
  });
  for (let i = 0; i < 40; i++)
    await injectSome(250);
  await until('that it scrolled', () => page.evaluate(() => globalThis.result.seen > 100));
  const moved = await page.evaluate(() => {
    globalThis.result.run = false;
    return globalThis.result.moved;
  });
  assert.deepEqual(moved.slice(0, 5), []);
  await browser.close(page);
});

test('pause shows later what came', async () => {
  const page = await open();
  await live(page);
  await inject(10);
  await hasRows(page, 10);
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Paused' }).waitFor();
  await inject(25);
  await page.getByRole('button', { name: 'Paused; 25 events came' }).waitFor();
  assert.equal(await countRows(page), 10);
  await page.keyboard.press('p');
  await hasRows(page, 35);
  await browser.close(page);
});

test('a wrong filter is told under its word, and what is shown stays', async () => {
  const page = await open();
  await live(page);
  await inject(3);
  await hasRows(page, 3);
  const field = page.getByRole('combobox', { name: 'Filter' });
  await field.fill('to:jürgen remoteipp:1 x');
  await field.press('Enter');
  const problem = page.getByRole('alert').filter({ hasText: 'did you mean "remoteIp"?' });
  await problem.waitFor();
  assert.match(await problem.textContent(), /put it in quotes/);
  assert.equal(await page.locator('.f-wrong').textContent(), 'remoteipp');
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await until('the problem under its word', async () => {
    const word = await page.locator('.f-wrong').boundingBox();
    const text = await problem.boundingBox();
    return Math.abs(word.x - text.x) < 12 && text.y > word.y;
  });
  assert.equal(await countRows(page), 3);
  await inject(1);
  await hasRows(page, 4);
  await field.fill(`type:${type}`);
  await field.press('Enter');
  await problem.waitFor({ state: 'detached' });
  await browser.close(page);
});

test('a filter changes the stream, the address and the marks; back goes back', async () => {
  const page = await open();
  await live(page);
  await inject(40, (index) => ({ data: { to: index % 4 === 0 ? 'Jane@example.org' : 'bob@example.org' } }));
  await hasRows(page, 40);
  const field = page.getByRole('combobox', { name: 'Filter' });
  await field.fill(`type:${type} to:jane`);
  await field.press('Enter');
  await hasRows(page, 10);
  assert.equal(await filterOf(page), `type:${type} to:jane`);
  assert.equal(await page.locator('mark').first().textContent(), 'Jane');
  await inject(2, () => ({ data: { to: 'jane@x' } }));
  await inject(2, () => ({ data: { to: 'bob@x' } }));
  await hasRows(page, 12);
  await page.goBack();
  await hasRows(page, 44);
  await becomes(() => field.inputValue(), `type:${type}`);
  await page.goForward();
  await hasRows(page, 12);
  await page.reload();
  await hasRows(page, 12);
  await browser.close(page);
});

test('choices: keys, values seen, history', async () => {
  const page = await open();
  await live(page);
  await inject(3, (index) => ({ data: { queueId: `Q-${index}`, myOwnKey: 'x' } }));
  await hasRows(page, 3);
  const field = page.getByRole('combobox', { name: 'Filter' });
  await field.press('End');
  await field.pressSequentially(' myown');
  await page.getByRole('option', { name: 'myOwnKey' }).waitFor();
  await field.fill(`type:${type} queue-id`);
  await page.getByRole('option', { name: /^queueId/ }).first().waitFor();
  await field.press('ArrowDown');
  await field.press('Enter');
  assert.equal(await field.inputValue(), `type:${type} queueId:`);
  await page.getByRole('option', { name: 'Q-1' }).click();
  assert.equal(await field.inputValue(), `type:${type} queueId:Q-1 `);
  await field.press('Enter');
  await hasRows(page, 1);
  await page.getByRole('button', { name: 'Recent filters' }).click();
  await page.getByRole('option', { name: `type:${type}`, exact: true }).click();
  await hasRows(page, 3);
  await browser.close(page);
});

test('the query form is coloured, completed and marked', async () => {
  const page = await open();
  await live(page);
  await inject(4, (index) => ({ data: { remoteIp: `192.0.2.${index}`, myOwnKey: 'mine' } }));
  await hasRows(page, 4);
  const field = page.getByRole('combobox', { name: 'Filter' });
  await field.fill(`type=${type} remote-ip=`);
  await page.getByRole('option', { name: '192.0.2.1' }).waitFor();
  await becomes(() => page.locator('.f-key').allTextContents(), ['type=', 'remote-ip=']);
  await field.pressSequentially('192.0.2.1');
  await page.keyboard.press('Escape');
  await becomes(() => page.locator('.f-value').allTextContents(), [type, '192.0.2.1']);
  await field.press('Enter');
  await hasRows(page, 1);
  await becomes(() => page.locator('.row mark').allTextContents(), ['192.0.2.1']);
  // A key that only events know, and a word that none does.
  await field.fill('myOwnKey=mine nosuchkey=x');
  await page.keyboard.press('Escape');
  await becomes(() => page.locator('.f-key').allTextContents(), ['myOwnKey=']);
  await browser.close(page);
});

test('a value can be included, excluded and highlighted', async () => {
  const page = await open();
  await live(page);
  await inject(6, (index) => ({ data: { to: index % 2 === 0 ? 'jane doe' : 'bob' } }));
  await hasRows(page, 6);
  await chip(page, 'to').filter({ hasText: 'jane' }).first().click();
  await page.getByRole('menuitem', { name: 'Highlight' }).click();
  await until('marks', async () => await page.locator('mark.mark-1').count() === 3);
  await chip(page, 'to').filter({ hasText: 'jane' }).first().click();
  await page.getByRole('menuitem', { name: 'Exclude' }).click();
  await hasRows(page, 3);
  assert.equal(await filterOf(page), `type:${type} -to:="jane doe"`);
  await chip(page, 'to').first().click();
  await page.getByRole('menuitem', { name: 'Show only this' }).click();
  await until('the filter', async () => await filterOf(page) === 'to:=bob');
  await browser.close(page);
});

test('level and type menus', async () => {
  const page = await open();
  await live(page);
  await inject(10, (index) => ({ level: index < 3 ? 'error' : 'info' }));
  await hasRows(page, 10);
  await page.getByRole('button', { name: 'Level' }).click();
  await page.getByRole('menuitemradio', { name: 'error' }).click();
  await hasRows(page, 3);
  await page.locator('.live-bar').getByRole('button', { name: type }).click();
  await page.getByRole('dialog', { name: 'Types' }).getByRole('checkbox', { name: type }).uncheck();
  await until('the filter', async () => await filterOf(page) === 'level:error');
  await browser.close(page);
});

test('a row opens with all it holds, and is in the address', async () => {
  const page = await open();
  await live(page);
  await daemon.inject([
    { type, span: 'start', data: { spanId: 'det-1', remoteIp: '192.0.2.7' } },
    { type, details: 'first\nsecond', data: { spanId: 'det-1', list: [1, 'two'], reason: { type: 'smtp.error', data: { code: 451 } } } },
  ]);
  await hasRows(page, 2);
  await page.locator(ROW).last().locator('.text').click();
  const detail = page.locator('.detail');
  await detail.getByText('From the start of its span').waitFor();
  const text = await detail.innerText();
  for (const part of ['first', 'second', 'list', 'two', 'smtp.error', '451', '192.0.2.7'])
    assert.ok(text.includes(part), part);
  assert.match(await page.evaluate(() => location.hash), /event=[0-9a-f]{8}\.\d+/);
  await page.reload();
  await detail.getByText('smtp.error').waitFor();

  // The event is shown even if the filter does not.
  await page.getByRole('combobox', { name: 'Filter' }).waitFor();
  const id = await page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('event'));
  await page.goto(`${daemon.base}/#/live?q=type:no.such&event=${id}`);
  await page.getByRole('region', { name: 'The event of the address' }).getByText('smtp.error').waitFor();
  await page.goto(`${daemon.base}/#/live?q=type:no.such&event=00000000.1`);
  await page.getByText('is not held any more').waitFor();
  await browser.close(page);
});

test('keys do it all', async () => {
  const page = await open();
  await live(page);
  await inject(100);
  await hasRows(page, 100);
  const active = () => page.locator('.row.active').textContent();
  await page.keyboard.press('k');
  assert.match(await active(), /number99/);
  await page.keyboard.press('k');
  assert.match(await active(), /number98/);
  await page.keyboard.press('ArrowUp');
  assert.match(await active(), /number97/);
  await page.keyboard.press('Enter');
  await page.locator('.row.active .detail').waitFor();
  assert.equal(await page.locator('.row.active .opener').getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('Enter');
  await page.locator('.detail').waitFor({ state: 'detached' });
  await page.keyboard.press('Home');
  assert.match(await active(), /number0/);
  await page.keyboard.press('PageDown');
  assert.match(await active(), /number2\d/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), type);
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Include' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('End');
  assert.match(await active(), /number99/);
  assert.ok(await isAtEnd(page));
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'filter');
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'list-space');
  await browser.close(page);
});

test('a stretch of the rate strip shows just that', async () => {
  const page = await open();
  await live(page);
  const now = Date.now();
  const at = (secondsAgo) => new Date(now - secondsAgo * 1000).toISOString();
  await inject(30, (index) => ({ createdAt: at(200 - index) }));
  await inject(5, () => ({ createdAt: at(60) }));
  await hasRows(page, 35);
  const box = await page.locator('.rate-plot .u-over').boundingBox();
  // A moment moves on to the left.
  const x = (secondsAgo) => box.x + box.width * (1 - (secondsAgo + (Date.now() - now) / 1000) / 300);
  await page.mouse.move(x(95), box.y + 10);
  await page.mouse.down();
  await page.mouse.move(x(25), box.y + 12, { steps: 4 });
  await page.mouse.up();
  await page.getByText(/^5 events from \d\d:\d\d:\d\d–/).waitFor();
  await hasRows(page, 5);
  await inject(1, () => ({ createdAt: at(58) }));
  await hasRows(page, 6);
  await page.getByRole('button', { name: 'Show all' }).click();
  await hasRows(page, 36);
  await page.getByRole('slider').focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.getByText(/events? from|No event of this time/).first().waitFor();
  await page.keyboard.press('Escape');
  await hasRows(page, 36);
  await browser.close(page);
});

test('figures: received, matched, dropped and lag', async () => {
  const page = await open();
  await live(page);
  await until('a rate', async () => {
    await inject(5);
    return /received\s*[1-9][^a-z]*\S+\s*matched\s*[1-9][^a-z]*\S+\s*dropped\s*0\s*lag\s*[\d.]+ (ms|s)/.test(await page.locator('.figures').innerText());
  });
  await browser.close(page);
});

test('what the daemon holds beyond what was asked for can be asked for', async () => {
  for (let i = 0; i < 3; i++)
    await inject(5000);
  const page = await open();
  await hasRows(page, 10_000);
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'Show them' }).click();
  await hasRows(page, 15_000);
  await browser.close(page);
});

test('times are local or UTC', async () => {
  const page = await open('', { timezoneId: 'Asia/Kathmandu' });
  await live(page);
  await inject(1, () => ({ createdAt: '2026-11-22T06:35:06.041377Z' }));
  await page.getByText('2026-11-22 12:20:06.041377').waitFor();
  await page.getByRole('button', { name: 'Local', exact: true }).click();
  await page.getByText('2026-11-22 06:35:06.041377').waitFor();
  await browser.close(page);
});

test('hostile events are text', async () => {
  const page = await open();
  await live(page);
  const nasty = ['</script><script>window.hacked=1</script>', '<img src=x onerror="window.hacked=1">', '\u202egnp.exe', 'a\u0001\u001b[31mred\u0007', '"\'`;--',
    'javascript:window.hacked=1', '\u0000'.slice(1), '💥'.repeat(50), 'ا'.repeat(100), 'x'.repeat(60_000), '{{7*7}}', '&lt;b&gt;'];
  await daemon.inject(nasty.map((text, index) => ({ type, text: text.slice(0, 200), details: text.slice(0, 3000), data: { spanId: `"${text.slice(0, 20)}`, note: text, number: index } })));
  await daemon.inject([{ type, data: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`key${index}`, `<b>${index}</b>`])) },
    { type, data: { list: Array.from({ length: 5000 }, (_, index) => `<i>${index}</i>`) } }]);
  await hasRows(page, nasty.length + 2);
  for (let index = 0; index < nasty.length + 2; index++) {
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
  }
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator('.list :is(script, img, b, i, a)').count(), 0);
  assert.equal(await overflows(page), false);
  const wide = await page.evaluate(() => [...document.querySelectorAll('.row')].some((row) => row.scrollWidth > row.clientWidth + 1));
  assert.equal(wide, false);
  await page.keyboard.press('c');
  await page.keyboard.press('Home');
  await page.locator(`${ROW} .text`, { hasText: '</script><script>' }).waitFor();
  const text = await page.locator('.list').innerText();
  assert.ok(text.includes('\\u202egnp.exe'));
  assert.ok(!text.includes('\u202e'));
  await browser.close(page);
});

test('at the end no row is cut, however high the window is', async () => {
  const page = await open();
  await live(page);
  await inject(100);
  await hasRows(page, 100);
  for (const height of [800, 791, 783, 776]) {
    await page.setViewportSize({ width: 1280, height });
    await until(`whole rows at ${height} px`, () => page.evaluate(() => {
      const list = document.querySelector('.list').getBoundingClientRect();
      const places = [...document.querySelectorAll('.row')].map((row) => row.getBoundingClientRect())
        .filter(({ top, bottom }) => bottom > list.top + 0.5 && top < list.bottom - 0.5);
      return places.length > 10 && places.every(({ top, bottom }) => top > list.top - 0.5 && bottom < list.bottom + 0.5);
    }));
    await until('the end', () => isAtEnd(page));
  }
  await browser.close(page);
});

test('a million events end at the bound', async () => {
  const page = await open();
  await live(page);
  let sent = 0;
  for (let i = 0; i < 100; i++) {
    await inject(10_000, (index) => ({ data: { to: `user${index}@example.org`, queueId: `Q${i}-${index}` } }));
    sent += 10_000;
  }
  await until('the last', async () => /Q99-9999/.test(await page.locator(ROW).last().textContent()));
  assert.equal(await countRows(page), 100_000);
  const session = await page.context().newCDPSession(page);
  await until('that little is held', async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
    return usedSize + backingStorageSize < 50 * 1024 * 1024;
  });
  assert.equal(sent, 1_000_000);
  await browser.close(page);
});
