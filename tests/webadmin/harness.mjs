// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests of the web page stand on: the real daemon on a bus of its own, and a real browser.
//
// A test file uses node's own runner: `node --test-reporter=tap NAME.test.mjs`. It needs LIVETRACED
// (the daemon), WEBADMIN_WORK (where the npm packages are) and CHROMIUM (the browser); meson sets them.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual, promisify } from 'node:util';

const run = promisify(execFile);

const NAME = 'org.livetrace.Livetrace1';
const OBJECT = '/org/livetrace/Livetrace1';
const EVERYTHING = ['observe', 'inject', 'manage'];
const chromium = process.env.CHROMIUM || '/usr/bin/chromium';

/** Ends a test file that cannot run here. */
export function skipAll(reason) {
  process.stdout.write(`TAP version 13\n1..0 # SKIP ${reason}\n`);
  process.exit(0);
}

for (const [what, path] of [['the daemon (LIVETRACED)', process.env.LIVETRACED], ['the npm packages (WEBADMIN_WORK)', process.env.WEBADMIN_WORK],
  ['a browser (CHROMIUM)', chromium]])
  if (path === undefined || !existsSync(path))
    skipAll(`${what} is not there`);

const load = createRequire(join(resolve(process.env.WEBADMIN_WORK), 'package.json'));
const playwright = load('playwright-core');
const axeSource = readFileSync(load.resolve('axe-core/axe.min.js'), 'utf8');

const BUS_CONFIGURATION = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:tmpdir=${tmpdir()}</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`;

/** How long a test waits for what must come, on a machine that has much else to do: only what hangs takes so long. */
const PATIENCE_S = 180;

/** Waits until `check` gives something that is true, and gives it. */
export async function until(what, check) {
  const end = Date.now() + PATIENCE_S * 1000;
  for (;;) {
    const found = await check();
    if (found)
      return found;
    if (Date.now() > end)
      throw new Error(`gave up waiting for ${what}`);
    await sleep(20);
  }
}

/** Waits until `read` gives what is expected: what is shown may be on its way. */
export async function becomes(read, expected, message) {
  let found;
  await until('what is expected', async () => isDeepStrictEqual(found = await read(), expected))
    .catch(() => assert.deepEqual(found, expected, message));
}

const children = new Set();

/** Starts a process that does not outlive this one. */
export function startProcess(command, words, stdio, env = process.env) {
  const child = spawn(command, words, { stdio, env });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

process.on('exit', () => {
  for (const child of children)
    child.kill('SIGKILL');
});

function waitForExit(process) {
  return process.exitCode !== null || process.signalCode !== null ? Promise.resolve()
    : new Promise((resolve) => process.once('exit', resolve));
}

/** A daemon on a bus of its own, with a token that may do everything. */
export class Daemon {
  port = 0;
  log = '';

  /** @param options `settings`: ["section.key=value"]; `arguments`: more of the command line */
  static async start({ settings = [], arguments: more = [] } = {}) {
    const daemon = new Daemon();
    daemon.settings = settings;
    daemon.arguments = more;
    daemon.directory = mkdtempSync(join(tmpdir(), 'livetrace-'));
    await daemon.startBus();
    await daemon.launch();
    daemon.token = await daemon.createToken('test');
    return daemon;
  }

  async startBus() {
    const file = join(this.directory, 'bus.conf');
    writeFileSync(file, BUS_CONFIGURATION);
    this.bus = startProcess('dbus-daemon', [`--config-file=${file}`, '--nofork', '--print-address=1'], ['ignore', 'pipe', 'ignore']);
    this.busAddress = await new Promise((resolve, reject) => {
      let text = '';
      this.bus.once('error', reject);
      this.bus.stdout.on('data', (chunk) => {
        text += chunk;
        if (text.includes('\n'))
          resolve(text.trim());
      });
    });
  }

  async callBus(...words) {
    const { stdout } = await run('busctl', [`--address=${this.busAddress}`, `--timeout=${PATIENCE_S}`, '--json=short', ...words]);
    return stdout === '' ? null : JSON.parse(stdout).data;
  }

  /** Starts the process, on the same port as before. */
  async launch() {
    const set = [`daemon.state-directory=${this.directory}`, `http.listen=127.0.0.1:${this.port}`, ...this.settings];
    this.process = startProcess(process.env.LIVETRACED, ['--bus', this.busAddress, ...set.flatMap((one) => ['--set', one]), ...this.arguments],
      ['ignore', 'pipe', 'pipe']);
    for (const pipe of [this.process.stdout, this.process.stderr])
      pipe.on('data', (chunk) => { this.log = (this.log + chunk).slice(-20_000); });
    await until('the daemon', async () => {
      if (this.process.exitCode !== null)
        throw new Error(`the daemon ended: ${this.log}`);
      const owned = await this.callBus('call', 'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner', 's', NAME);
      return owned[0];
    });
    const [address] = await this.callBus('get-property', NAME, OBJECT, `${NAME}.Manager`, 'HttpAddresses');
    this.port = Number(address.slice(address.lastIndexOf(':') + 1));
    this.base = `http://127.0.0.1:${this.port}`;
  }

  async createToken(label, permissions = EVERYTHING, seconds = 0) {
    const [token] = await this.callBus('call', NAME, OBJECT, `${NAME}.Manager`, 'CreateToken', 'sast', label,
      String(permissions.length), ...permissions, String(seconds));
    return token;
  }

  /** Makes a link that signs in once. */
  async createSignIn() {
    const [url] = await this.callBus('call', NAME, OBJECT, `${NAME}.Manager`, 'CreateSignIn');
    return url;
  }

  /** Sends a request with the token; gives the JSON of its answer. */
  async request(method, path, body, type = 'application/json') {
    const response = await fetch(this.base + path, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, ...(body !== undefined && { 'Content-Type': type }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  /** Hands in events: one, or a list. */
  inject(events) {
    return this.request('POST', '/api/tracing/events', events);
  }

  async revokeToken(label) {
    const { tokens } = await this.request('GET', '/api/tokens');
    for (const token of tokens.filter((one) => one.label === label))
      await this.request('DELETE', `/api/tokens/${token.id}`);
  }

  /** Ends the process as systemd does, or with "SIGKILL". */
  async end(signal = 'SIGTERM') {
    this.process.kill(signal);
    await waitForExit(this.process);
  }

  /** Ends it and starts it again, after something that happens meanwhile. */
  async restart(signal = 'SIGTERM', meanwhile = async () => undefined) {
    await this.end(signal);
    await meanwhile();
    await this.launch();
  }

  async clear() {
    if (this.process.exitCode === null && this.process.signalCode === null)
      await this.end();
    this.bus.kill();
    await waitForExit(this.bus);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A browser. Each page has a context of its own: no cookies or settings of others. */
export class Browser {
  /** @param options `arguments`: more of the command line */
  static async start({ arguments: more = [] } = {}) {
    const browser = new Browser();
    browser.chromium = await playwright.chromium.launch({
      executablePath: chromium,
      headless: true,
      timeout: PATIENCE_S * 1000,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
        '--disable-sync', ...more],
    });
    return browser;
  }

  /**
   * Opens the page at an address such as "#/live?q=…".
   *
   * @param options `token`: who signs in, null for nobody; `theme`, `viewport`, `locale`, `base` (instead of the daemon's
   *   own address), and what else a playwright context takes
   */
  async open(daemon, address = '', { token = daemon.token, theme = 'light', width = 1280, height = 800, locale = 'en-GB', base = daemon.base,
    ...more } = {}) {
    const context = await this.chromium.newContext({
      baseURL: base,
      colorScheme: theme,
      viewport: { width, height },
      locale,
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      ...more,
    });
    context.setDefaultTimeout(PATIENCE_S * 1000);
    if (token !== null) {
      const answer = await context.request.post('/api/session', { data: { token } });
      assert.equal(answer.status(), 200, await answer.text());
    }
    const page = await context.newPage();
    page.faults = [];
    page.on('pageerror', (error) => page.faults.push(String(error.stack ?? error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|net::ERR_/.test(message.text()))
        page.faults.push(message.text());
    });
    await page.goto(`/${address}`);
    await page.locator('.sign-in, .shell').waitFor();
    return page;
  }

  /** Closes a page and what belongs to it. Fails if anything went wrong in it: an exception, or what the policy forbids. */
  async close(page) {
    await page.context().close();
    assert.deepEqual(page.faults, []);
  }

  async clear() {
    await this.chromium.close();
  }
}

/** Starts a daemon and, unless `browser` is false, a browser for a test file, and ends them after its tests. */
export async function setUp(options = {}) {
  const daemon = await Daemon.start(options);
  const browser = options.browser === false ? null : await Browser.start();
  after(async () => {
    await browser?.clear();
    await daemon.clear();
  });
  return { daemon, browser };
}

/** Signs in at the sign-in view. */
export async function signIn(page, token) {
  await page.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
  await page.locator('.shell').waitFor();
}

/** Asks axe about a page; gives what it finds wrong, as lines. */
export async function findViolations(page) {
  await page.evaluate(axeSource);
  return await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      rules: { 'target-size': { enabled: true } },
    });
    return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)} ${node.any[0]?.message ?? ''}`));
  });
}

/** Whether a page is wider than its window. */
export async function overflows(page) {
  return await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
}
