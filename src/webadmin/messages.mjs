// SPDX-License-Identifier: LGPL-2.1-or-later
// Collects the page's words: `node messages.mjs WORK-DIR POT-FILE` writes them, sorted, to POT-FILE.
//
// Words are the literal arguments of t('…') and tn('one', 'many', count). The file belongs to the
// repository (po/webadmin.pot) and stands in po/POTFILES, so that gettext's own tools see these words
// beside those of the C sources, and po/*.po hold both.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { quotePo } from './po.mjs';

function listSources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return listSources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Gives a Map of msgid to plural msgid, or to undefined, of all sources. */
export function collectMessages(work) {
  const ts = createRequire(join(work, 'package.json'))('typescript');
  const found = new Map();

  const literal = (file, call, index) => {
    const argument = call.arguments[index];
    if (argument !== undefined && ts.isStringLiteralLike(argument))
      return argument.text;
    const { line } = file.getLineAndCharacterOfPosition(call.getStart(file));
    throw new Error(`${file.fileName}:${line + 1}: ${call.expression.text}() takes literal strings`);
  };

  const visit = (file, node) => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      if (node.expression.text === 't')
        found.set(literal(file, node, 0), found.get(literal(file, node, 0)));
      else if (node.expression.text === 'tn')
        found.set(literal(file, node, 0), literal(file, node, 1));
    }
    ts.forEachChild(node, (child) => visit(file, child));
  };

  for (const path of listSources(join(work, 'src'))) {
    const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
    visit(file, file);
  }
  return found;
}

/** Writes messages as a PO template. */
export function formatTemplate(messages) {
  const entries = [...messages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([msgid, plural]) =>
    plural === undefined
      ? `msgid ${quotePo(msgid)}\nmsgstr ""\n`
      : `msgid ${quotePo(msgid)}\nmsgid_plural ${quotePo(plural)}\nmsgstr[0] ""\nmsgstr[1] ""\n`);
  return [
    '# SPDX-License-Identifier: LGPL-2.1-or-later\n' +
    '# Written by "ninja webadmin-messages" from the sources of the web page.\n' +
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n',
    ...entries,
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [work, template] = process.argv.slice(2).map((name) => resolve(name));
  writeFileSync(template, formatTemplate(collectMessages(work)));
}
