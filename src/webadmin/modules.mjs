// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts what the lock file names beside the build: `node modules.mjs SOURCE-DIR WORK-DIR STAMP`.
//
// WORK-DIR then looks like a package of its own: node_modules, and links to the sources.
// Modules that already lie there, or in SOURCE-DIR (a build without network), are used if they
// are those of the lock file; else npm fetches them.
import { spawnSync } from 'node:child_process';
import { copyFileSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [source, work, stamp] = process.argv.slice(2).map((name) => resolve(name));

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null;
  }
}

/** Whether a node_modules folder holds what the lock file names. */
function isComplete(modules, locked) {
  const present = readPackages(join(modules, '.package-lock.json'));
  if (present === null)
    return false;
  return Object.entries(locked).every(([name, entry]) =>
    name === '' || entry.optional || present[name]?.version === entry.version);
}

function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function fetchModules(modules) {
  if (isLink(modules))
    rmSync(modules);
  const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: work,
    encoding: 'utf8',
  });
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`);
    process.stderr.write('The web page needs its npm packages: build once with a network, ' +
                         'or without the page (-Dwebadmin=disabled).\n');
    process.exit(1);
  }
}

mkdirSync(work, { recursive: true });
for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', '.npmrc'])
  copyFileSync(join(source, name), join(work, name));
rmSync(join(work, 'src'), { force: true, recursive: true });
symlinkSync(join(source, 'src'), join(work, 'src'));

const modules = join(work, 'node_modules');
const locked = readPackages(join(source, 'package-lock.json'));
const own = join(source, 'node_modules');

if (!isComplete(modules, locked)) {
  if (isComplete(own, locked)) {
    rmSync(modules, { force: true, recursive: true });
    symlinkSync(own, modules);
  } else {
    fetchModules(modules);
  }
}
writeFileSync(stamp, '');
