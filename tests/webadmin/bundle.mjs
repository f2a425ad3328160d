// SPDX-License-Identifier: LGPL-2.1-or-later
// Loads modules of the web page into node, for tests that need no browser.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const work = resolve(process.env.WEBADMIN_WORK ?? '');
const esbuild = createRequire(join(work, 'package.json'))('esbuild');

/** Gives all that the named modules of src/ export, as one object. */
export async function loadModules(...names) {
  const { outputFiles: [file] } = esbuild.buildSync({
    stdin: { contents: names.map((name) => `export * from './${name}';`).join('\n'), resolveDir: join(work, 'src'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    preserveSymlinks: true,
    logLevel: 'silent',
  });
  return await import(`data:text/javascript;base64,${Buffer.from(file.contents).toString('base64')}`);
}
