// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the pictures of docs/webadmin.md from the demo: `ninja webadmin-pictures`.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser, Daemon } from './harness.mjs';
import { makeMessage } from './mail.mjs';

const folder = resolve(process.argv[2]);
const only = process.argv.slice(3);   // names of pictures; none for all
const WAIT_MS = 15_000;   // for the demo to have something to tell

/** Rows full of text make large files. */
const LOW = { width: 1100, height: 500 };

const VIEWS = [
  ['live', '#/live', null, LOW],
  ['live-filter', '#/live?q=level:info+from:example.com&mark=example.com', async (page) => {
    await page.keyboard.press('k');
    await page.keyboard.press('o');
  }, LOW],
  ['traces', '#/spans?group=trace'],
  ['waterfall', '#/spans?span=4Rk1mT2z3x-message&context=trace', (page) => page.locator('.fall-row[aria-level]').nth(8).click()],
  ['subscribers', '#/subscribers'],
  ['levels', '#/levels'],
  ['sources', '#/sources'],
  ['tokens', '#/tokens'],
  ['status', '#/status'],
  ['keys', '#/live', (page) => page.keyboard.press('?'), { width: 1100, height: 640 }],
  ['narrow', '#/live', null, { width: 390, height: 844 }],
];

mkdirSync(folder, { recursive: true });
const daemon = await Daemon.start({ arguments: ['--demo'] });
const browser = await Browser.start();
try {
  await daemon.createToken('grafana', ['observe'], 86400);
  await daemon.request('PUT', '/api/tracing/levels/store.%2A', { level: 'debug', seconds: 600 });
  await daemon.inject(makeMessage('4Rk1mT2z3x'));
  await sleep(WAIT_MS);
  for (const theme of ['light', 'dark'])
    for (const [name, address, prepare, options = {}] of VIEWS.filter(([one]) => only.length === 0 || only.includes(one))) {
      const page = await browser.open(daemon, address, { theme, ...options });
      await sleep(address.startsWith('#/live') ? 7000 : 1500);   // the strip of rates has to grow
      await prepare?.(page);
      await sleep(200);
      await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
      await browser.close(page);
    }
} finally {
  await browser.clear();
  await daemon.clear();
}
