// SPDX-License-Identifier: LGPL-2.1-or-later
// The network is away for a minute and a half: it breaks, or just falls silent. That is longer than a stream ticket lives,
// or may be used again. It takes its time, so all of it happens at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setUp } from './harness.mjs';
import { Numbered, readNotices } from './numbered.mjs';
import { Wire } from './wire.mjs';

const CUT_S = 90;

const { daemon, browser } = await setUp({ settings: ['http.hosts=127.0.0.1'] });
const numbered = new Numbered(daemon, browser);

test('90 s without a network, broken or silent: it is told, and nothing is lost', async (context) => {
  const [broken, silent] = [await Wire.make(daemon), await Wire.make(daemon)];
  const { page: one, from } = await numbered.open({ base: broken.base });
  const { page: other } = await numbered.open({ base: silent.base });
  await numbered.waitForNewest(one);

  const cutAt = Date.now();
  broken.cut();
  silent.silence();
  await numbered.inject(3000);
  await one.locator('.notice-text', { hasText: /^The connection was lost\.$/ }).waitFor();
  await one.getByText('Offline; next try in').waitFor();
  // Nobody tells of silence: a ping must have stayed out.
  await other.locator('.stream-problem, .stream-busy').first().waitFor();
  await other.locator('.notice-text', { hasText: /^The connection was lost\.$/ }).waitFor();
  assert.ok(Date.now() - cutAt > 15_000, 'silence was noticed before it could be');
  context.diagnostic(`silence noticed after ${((Date.now() - cutAt) / 1000).toFixed(1)} s`);
  await sleep(Math.max(0, cutAt + CUT_S * 1000 - Date.now()));
  await numbered.inject(2000);

  broken.mend();
  silent.mend();
  const mendedAt = Date.now();
  for (const page of [one, other]) {
    await page.locator('.stream-good').waitFor().catch(async (error) => {
      throw new Error(await page.locator('.live').innerText(), { cause: error });
    });
    context.diagnostic(`back ${((Date.now() - mendedAt) / 1000).toFixed(1)} s after the network`);
    await numbered.check(page, from);
    // The rows stand where it happened: behind what came before it.
    assert.equal(await page.locator('.sign-in').count(), 0);
    const [lost, back, ...more] = await readNotices(page);
    assert.equal(lost, 'The connection was lost.');
    assert.match(back, /^Connected again after (\d+ min( \d+ s)?|\d+ s)\.$/);
    assert.deepEqual(more, []);
  }
  const [, minutes, seconds = 0] = / (\d+) min(?: (\d+) s)?\.$/.exec((await readNotices(one))[1]);
  assert.ok(60 * Number(minutes) + Number(seconds) >= CUT_S - 5, `${minutes} min ${seconds} s`);
  await browser.close(one);
  await browser.close(other);
});
