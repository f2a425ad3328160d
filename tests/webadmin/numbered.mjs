// SPDX-License-Identifier: LGPL-2.1-or-later
// Events with running numbers, by which a test knows whether one is missing, or there twice.
import assert from 'node:assert/strict';

export class Numbered {
  total = 0;

  constructor(daemon, browser) {
    this.daemon = daemon;
    this.browser = browser;
  }

  /** Hands in so many events, numbered from the last one on. */
  async inject(count, more = {}) {
    for (let left = count; left > 0; left -= 10_000)
      await this.daemon.inject(Array.from({ length: Math.min(left, 10_000) }, () => ({ type: 'test.number', ...more, data: { total: ++this.total } })));
  }

  /** Opens the live view, with some events; `from` is the number of the first of them. */
  async open(options) {
    const from = this.total + 1;
    await this.inject(20);
    const page = await this.browser.open(this.daemon, '#/live?q=type:test.number', options);
    await page.locator('.row').first().waitFor();
    await page.locator('.stream-good').waitFor();
    return { page, from };
  }

  /** The numbers of the events that are shown, as a file has them. */
  async read(page) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export', exact: true }).click().then(() => page.getByRole('menuitem', { name: 'NDJSON' }).click()),
    ]);
    const text = await (await download.createReadStream()).toArray();
    return Buffer.concat(text).toString().trim().split('\n').map((line) => JSON.parse(line).data.total);
  }

  /** Waits until the newest event is shown. */
  async waitForNewest(page) {
    await page.locator('.row .chip-value', { hasText: new RegExp(`^${this.total}$`) }).last().waitFor().catch(async (error) => {
      throw new Error(`${this.total} does not come: ${await page.locator('.live').innerText()}`, { cause: error });
    });
  }

  /** Waits until the newest event is there; then none from `from` on may be missing, none twice. */
  async check(page, from) {
    await this.waitForNewest(page);
    const numbers = (await this.read(page)).filter((number) => number >= from);
    assert.deepEqual(numbers, Array.from({ length: this.total - from + 1 }, (_, index) => from + index));
  }
}

/** The words of the rows that are no events, of all the list. */
export async function readNotices(page) {
  return await page.evaluate(async () => {
    const list = document.querySelector('.list');
    const found = new Map();
    for (let top = 0; top < list.scrollHeight; top += list.clientHeight / 2) {
      list.scrollTop = top;
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      for (const row of document.querySelectorAll('.row.notice'))
        found.set(Number(row.ariaRowIndex), row.querySelector('.notice-text').textContent);
    }
    return [...found].sort(([a], [b]) => a - b).map(([, text]) => text);
  });
}

/** Brings a row into view, by its number from 0 on. */
export async function scrollToRow(page, row) {
  await page.evaluate((index) => {
    const list = document.querySelector('.list');
    list.scrollTop = Math.max(0, index * document.querySelector('.row').offsetHeight - list.clientHeight / 2);
  }, row);
}
