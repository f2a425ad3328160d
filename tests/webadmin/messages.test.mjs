// SPDX-License-Identifier: LGPL-2.1-or-later
// The page's words: collected, and translated in full.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collectMessages, formatTemplate } from '../../src/webadmin/messages.mjs';
import { quotePo, readPo } from '../../src/webadmin/po.mjs';

const po = join(process.env.G_TEST_SRCDIR, 'po');
const messages = collectMessages(process.env.WEBADMIN_WORK);

test('po/webadmin.pot is what the sources say', () => {
  assert.equal(readFileSync(join(po, 'webadmin.pot'), 'utf8'), formatTemplate(messages),
    'run "ninja webadmin-messages"');
});

for (const language of readFileSync(join(po, 'LINGUAS'), 'utf8').split('\n').filter((line) => /^[a-z]/.test(line))) {
  const translated = new Map(readPo(readFileSync(join(po, `${language}.po`), 'utf8'))
    .map((message) => [message.msgid, message]));

  test(`po/${language}.po has all of it`, () => {
    const missing = [...messages.keys()].filter((msgid) => {
      const message = translated.get(msgid);
      return message === undefined || message.fuzzy || message.forms.length === 0 || message.forms.includes('');
    });
    assert.deepEqual(missing, []);
  });

  test(`po/${language}.po keeps the places of values`, () => {
    const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const [msgid, plural] of messages) {
      const { forms } = translated.get(msgid) ?? { forms: [] };
      forms.forEach((form, index) =>
        assert.deepEqual(places(form), places(index === 0 || plural === undefined ? msgid : plural), form));
    }
  });
}

test('PO files are read as they are written', () => {
  const text = `msgid ""\nmsgstr "Language: xx\\n"\n\n#, fuzzy\nmsgid "a"\nmsgstr "b"\n\n`
    + `msgid "one"\n"line"\nmsgid_plural "many"\nmsgstr[0] ${quotePo('"1"')}\nmsgstr[1] "2"\n"3"\n`;
  assert.deepEqual(readPo(text), [
    { msgid: '', plural: undefined, forms: ['Language: xx\n'], fuzzy: false },
    { msgid: 'a', plural: undefined, forms: ['b'], fuzzy: true },
    { msgid: 'oneline', plural: 'many', forms: ['"1"', '23'], fuzzy: false },
  ]);
  assert.throws(() => readPo('nonsense'), /line 1/);
});
