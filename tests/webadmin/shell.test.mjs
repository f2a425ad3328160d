// SPDX-License-Identifier: LGPL-2.1-or-later
// Signing in and out, navigation, settings, shortcuts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, findViolations, setUp, signIn, until } from './harness.mjs';

const { daemon, browser } = await setUp();

/** Opens the page with nobody signed in. */
const open = (address, options) => browser.open(daemon, address, { token: null, ...options });

test('a token signs in, and leads to where the address says', async () => {
  const token = await daemon.createToken('by token');
  const page = await open('#/levels');

  await page.getByLabel('Token').fill('lt_wrong');
  await page.keyboard.press('Enter');
  await page.getByText('mistyped, used up, expired or revoked').waitFor();
  assert.deepEqual(await findViolations(page), []);
  await signIn(page, token);
  await page.getByRole('heading', { name: 'Levels' }).waitFor();
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length > 0
    && JSON.stringify([localStorage, sessionStorage]).includes('lt_')), false);
  await page.reload();
  await page.getByRole('heading', { name: 'Levels' }).waitFor();
  await browser.close(page);
});

test('a sign-in link signs in once, and leaves the address', async () => {
  const link = new URL(await daemon.createSignIn()).hash;
  const page = await open(link);

  await page.locator('.shell').waitFor();
  assert.doesNotMatch(page.url(), /sign-in/);
  assert.equal(await page.evaluate(() => history.length <= 2), true);

  const other = await open(link);
  await other.getByText('mistyped, used up, expired or revoked').waitFor();
  assert.doesNotMatch(other.url(), /sign-in/);

  // One who is signed in already stays so, and is told.
  await page.goto(`/${link}`);
  await page.locator('.toast.problem').waitFor();
  await page.locator('.shell').waitFor();
  await browser.close(page);
  await browser.close(other);
});

test('signing out ends the session', async () => {
  const page = await open('#/status');

  await signIn(page, await daemon.createToken('leaver', ['observe']));
  await page.getByRole('button', { name: 'Signed in as leaver' }).click();
  await page.getByText('observe', { exact: true }).waitFor();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('Token').waitFor();
  await page.reload();
  await page.getByLabel('Token').waitFor();
  await browser.close(page);
});

test('a token that is revoked leads to signing in, and back to the same place', async () => {
  const token = await daemon.createToken('short');
  const page = await open('#/sources?x=1');

  await signIn(page, token);
  await page.getByRole('heading', { name: 'Sources' }).waitFor();
  await daemon.revokeToken('short');
  await page.getByText('the session is over').waitFor();
  assert.ok(page.url().endsWith('#/sources?x=1'));
  assert.deepEqual(await findViolations(page), []);
  await signIn(page, daemon.token);
  await page.getByRole('heading', { name: 'Sources' }).waitFor();
  assert.ok(page.url().endsWith('#/sources?x=1'));
  await browser.close(page);
});

test('the end of a session is said before it happens', async () => {
  const page = await open('#/status');

  await signIn(page, await daemon.createToken('brief', ['observe'], 300));
  await page.getByText('You will be signed out at').waitFor();
  await page.getByText(/\d min( \d+ s)? left/).waitFor();
  assert.deepEqual(await findViolations(page), []);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await page.getByRole('dialog').getByLabel('Token').fill(await daemon.createToken('lasting', ['observe']));
  await page.keyboard.press('Enter');
  await page.getByText('Signed in again').waitFor();
  await page.locator('.banner').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Signed in as lasting' }).waitFor();
  await browser.close(page);
});

test('a session that ends says so by itself', async () => {
  const page = await open('#/tokens');
  const begun = Date.now();

  await signIn(page, await daemon.createToken('lasting', ['observe']));
  await page.context().clearCookies();
  await page.reload();
  // Long enough to sign in with, on this machine.
  await signIn(page, await daemon.createToken('very brief', ['observe'], 2 + Math.ceil(3 * (Date.now() - begun) / 1000)));
  await page.getByText('the session is over').waitFor();
  await browser.close(page);
});

test('a daemon that is away is not taken for a sign-out', async () => {
  const page = await open('#/status');

  await signIn(page, await daemon.createToken('patient', ['observe']));
  await page.getByRole('heading', { name: 'Ring' }).waitFor();
  await daemon.restart('SIGTERM', async () => {
    await page.getByText('Not up to date').waitFor();
    await page.getByRole('heading', { name: 'Ring' }).waitFor();
  });
  await page.getByText('Not up to date').waitFor({ state: 'detached' });
  await browser.close(page);
});

test('only what the permissions allow is offered', async () => {
  const page = await open('#/tokens');
  const views = () => page.getByRole('navigation', { name: 'Views' }).getByRole('link').allTextContents();

  await signIn(page, await daemon.createToken('watcher', ['observe']));
  assert.deepEqual(await views(), ['Live', 'Spans', 'Sources', 'Status']);
  await page.getByText('without the permission "manage"').waitFor();
  await browser.close(page);

  const manager = await open('#/status');
  await signIn(manager, await daemon.createToken('manager', ['manage']));
  await manager.getByText('without the permission "observe"').waitFor();
  await manager.goto('/#/levels');
  await manager.getByRole('heading', { name: 'Levels' }).waitFor();
  await browser.close(manager);
});

test('every view is reached by keyboard, and the help sheet tells how', async () => {
  const page = await open('#/status');

  await signIn(page, await daemon.createToken('typist'));
  for (const [key, title] of [['u', 'Subscribers'], ['v', 'Levels'], ['o', 'Sources'], ['t', 'Tokens'], ['i', 'Status']]) {
    // Together: what is slow is no sequence.
    await Promise.all([page.keyboard.press('g'), page.keyboard.press(key)]);
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    await becomes(() => page.title(), `${title} – Livetrace`);
  }
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await sheet.getByText('Go to Tokens').waitFor();
  assert.deepEqual(await findViolations(page), []);
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });

  await page.keyboard.press(',');
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await settings.waitFor();
  assert.deepEqual(await findViolations(page), []);
  await settings.getByLabel('Shortcuts of a single key').uncheck();
  await page.keyboard.press('Escape');
  await settings.waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.keyboard.press('g');
  await page.keyboard.press('u');
  assert.equal(await sheet.count(), 0);
  await page.getByRole('heading', { name: 'Status', level: 1 }).waitFor();
  await browser.close(page);
});

test('theme, time zone and language are chosen at once and kept', async () => {
  const page = await open('#/tokens', { timezoneId: 'Asia/Tokyo' });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  await signIn(page, await daemon.createToken('chooser'));
  const light = await ground();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Dark').check();
  await until('a dark ground', async () => await ground() !== light);
  assert.deepEqual(await findViolations(page), []);
  await page.getByLabel('UTC').check();
  await page.getByLabel('Deutsch').check();
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  await becomes(() => page.evaluate(() => document.documentElement.lang), 'de');
  await page.reload();
  await page.getByRole('heading', { name: 'Tokens' }).waitFor();
  await page.getByRole('button', { name: 'Token erstellen' }).waitFor();
  await page.getByRole('cell').getByText(/ UTC$/).first().waitFor();
  await until('a dark ground', async () => await ground() !== light);
  await browser.close(page);
});

test('a German browser is served in German', async () => {
  const page = await open('', { locale: 'de-AT' });

  await page.getByRole('button', { name: 'Anmelden' }).waitFor();
  await becomes(() => page.title(), 'Anmelden – Livetrace');
  await browser.close(page);
});

test('the page loads nothing from elsewhere, and no code but its files', async () => {
  const hosts = new Set();
  const page = await open('#/status');

  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.reload();
  await signIn(page, await daemon.createToken('guard'));
  await page.getByRole('heading', { name: 'Ring' }).waitFor();
  assert.deepEqual([...hosts], [new URL(daemon.base).host]);
  const refusals = await page.evaluate(() => {
    const attempts = {
      script: () => { document.createElement('script').textContent = 'globalThis.hurt = true'; },
      markup: () => { document.body.innerHTML = '<img src=x>'; },
      policy: () => globalThis.trustedTypes.createPolicy('other', {}),
      style: () => {
        const style = document.createElement('style');
        style.textContent = 'body { display: none }';
        document.head.append(style);
        if (getComputedStyle(document.body).display !== 'none')
          throw new Error('refused');
      },
    };
    return Object.entries(attempts).filter(([, attempt]) => {
      try {
        attempt();
        return false;
      } catch {
        return true;
      }
    }).map(([name]) => name);
  });
  assert.deepEqual(refusals, ['script', 'markup', 'policy', 'style']);
  await until('its words', () => /Content Security Policy/.test(page.faults.join()));
  await page.context().close();
});
