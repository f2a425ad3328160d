// SPDX-License-Identifier: LGPL-2.1-or-later
// Builds the web page: `node build.mjs SOURCE-DIR PO-DIR WORK-DIR OUT-DIR DEPFILE`.
//
// OUT-DIR gets what the daemon serves, and the list of it for glib-compile-resources:
//   index.html               the page
//   assets/NAME-HASH.EXT     what it loads; the hash is that of the content
//   assets.br/…, assets.gz/… the same compressed, where that is smaller
//   lt-page.gresource.xml    the list; it lies beside OUT-DIR
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { readPo } from './po.mjs';

const [source, po, work, out, depfile] = process.argv.slice(2).map((name) => resolve(name));
const esbuild = createRequire(join(work, 'package.json'))('esbuild');

const PREFIX = '/org/livetrace/Livetrace1/page';
const files = new Map();   // path in OUT-DIR → content
const inputs = new Set([   // what this build has read
  ...['build.mjs', 'po.mjs', 'index.html'].map((name) => join(source, name)),
]);

function read(path) {
  inputs.add(path);
  return readFileSync(path);
}

/** Adds a file under a name that tells its content, with its compressed forms; gives its URL. */
function addAsset(stem, extension, content) {
  const bytes = Buffer.from(content);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const name = `${stem}-${hash}.${extension}`;
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  const gzip = gzipSync(bytes, { level: 9 });

  files.set(`assets/${name}`, bytes);
  if (brotli.length < bytes.length)
    files.set(`assets.br/${name}`, brotli);
  if (gzip.length < bytes.length)
    files.set(`assets.gz/${name}`, gzip);
  return `/assets/${name}`;
}

/** Bundles an entry; gives [script, style]. */
function bundle(entry, define) {
  const result = esbuild.buildSync({
    entryPoints: [join(work, 'src', entry)],
    bundle: true,
    write: false,
    outdir: join(work, 'dist'),
    metafile: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome114', 'firefox125', 'safari17'],
    charset: 'utf8',
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    preserveSymlinks: true,
    absWorkingDir: work,
    define,
    logLevel: 'warning',
  });
  for (const name of Object.keys(result.metafile.inputs))
    if (name.startsWith('src/'))
      inputs.add(resolve(source, name));
  const find = (extension) => result.outputFiles.find((file) => file.path.endsWith(extension))?.contents;
  return [find('.js'), find('.css')];
}

/** The page's words in a language: msgid → translation, or → plural forms. */
function readTranslation(language, template) {
  const words = {};
  const all = new Map(readPo(read(join(po, `${language}.po`)).toString()).map((message) => [message.msgid, message]));
  for (const { msgid } of template) {
    const message = all.get(msgid);
    if (msgid === '' || message === undefined || message.fuzzy || message.forms.some((form) => form === ''))
      continue;
    words[msgid] = message.plural === undefined ? message.forms[0] : message.forms;
  }
  return JSON.stringify(words);
}

const template = readPo(read(join(po, 'webadmin.pot')).toString());
const languages = read(join(po, 'LINGUAS')).toString().split('\n').filter((line) => /^[a-z]/.test(line));
const translations = Object.fromEntries(languages.map((language) =>
  [language, addAsset(language, 'json', readTranslation(language, template))]));

const [worker] = bundle('stream/worker.ts', {});
const workerUrl = addAsset('worker', 'js', worker);
const [script, style] = bundle('app/main.tsx', {
  WORKER_URL: JSON.stringify(workerUrl),
  TRANSLATIONS: JSON.stringify(translations),
});
const replacements = {
  SCRIPT: addAsset('app', 'js', script),
  STYLE: addAsset('app', 'css', style),
  ICON: addAsset('icon', 'svg', read(join(source, 'src/app/icon.svg'))),
};
files.set('index.html', Buffer.from(read(join(source, 'index.html')).toString()
  .replace(/@([A-Z]+)@/g, (mark, name) => replacements[name] ?? mark)));

rmSync(out, { force: true, recursive: true });
for (const [name, content] of files) {
  mkdirSync(dirname(join(out, name)), { recursive: true });
  writeFileSync(join(out, name), content);
}

const list = join(dirname(out), 'lt-page.gresource.xml');
writeFileSync(list, `<?xml version="1.0" encoding="UTF-8"?>
<gresources>
  <gresource prefix="${PREFIX}">
${[...files.keys()].map((name) => `    <file alias="${name}">${basename(out)}/${name}</file>`).join('\n')}
  </gresource>
</gresources>
`);
const escape = (path) => path.replace(/([ #])/g, '\\$1');
writeFileSync(depfile, `${escape(relative(process.cwd(), list))}: ${[...inputs].map(escape).join(' ')}\n`);
