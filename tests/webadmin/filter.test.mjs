// SPDX-License-Identifier: LGPL-2.1-or-later
// What the page knows of the filter language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModules } from './bundle.mjs';

const { readTerms, addTerm, setLevel, getLevel, setTypes, getTypes, quoteValue, complete, Marker, locateInText } =
  await loadModules('filter/terms.ts', 'filter/complete.ts', 'filter/marker.ts', 'stream/problem.ts');

const say = (text) => readTerms(text).map(({ negated, name, operator, value }) => [negated ? '-' : '', name, operator, value]);

test('terms', () => {
  assert.deepEqual(say('error  to:jane -from:=a@b size:>=10KB from:~^b\\+ "two words" subject:"a \\"b\\" \\\\"'), [
    ['', null, '', 'error'], ['', 'to', '', 'jane'], ['-', 'from', '=', 'a@b'], ['', 'size', '>=', '10KB'], ['', 'from', '~', '^b\\+'],
    ['', null, '', 'two words'], ['', 'subject', '', 'a "b" \\'],
  ]);
  assert.deepEqual(say(''), []);
  assert.deepEqual(say('"open'), [['', null, '', 'open']]);
  for (const text of ['a', '-', '--', '-x', ':', 'a:', '"', 'a:"', '"\\', ' \t ', 'x:y:z', '-to:', 'ü:x'])
    for (const { start, end } of readTerms(text))
      assert.ok(start < end && end <= text.length, text);
});

test('the query form is understood where the name is known', () => {
  const knows = (name) => /^(to|remote-?ip)$/i.test(name);
  const read = (text) => readTerms(text, knows).map(({ negated, name, operator, value, valueStart }) => [negated ? '-' : '', name, operator, value, valueStart]);
  assert.deepEqual(read('remote-ip=1.2.3.4 to="jane doe" to!==x to!~=^a size=3 level=warn remoteIp=2001:db8::1'), [
    ['', 'remote-ip', '', '1.2.3.4', 10], ['', 'to', '', 'jane doe', 21], ['-', 'to', '=', 'x', 37], ['-', 'to', '~', '^a', 44],
    ['', null, '', 'size=3', 47], ['', 'level', '', 'warn', 60], ['', 'remoteIp', '', '2001:db8::1', 74],
  ]);
  assert.deepEqual(read('to>=3 to<5 -to!=x to:=a=b "to=x"').map(([not, name, operator, value]) => [not, name, operator, value]), [
    ['', 'to', '>=', '3'], ['', 'to', '<', '5'], ['', 'to', '', 'x'], ['', 'to', '=', 'a=b'], ['', null, '', 'to=x'],
  ]);
  assert.equal(addTerm('remote-ip=192.0.2.1', 'remoteIp', '192.0.2.1', true, knows), '-remoteIp:=192.0.2.1');
  assert.equal(setLevel('level=warn x', 'error'), 'level:error x');
  assert.deepEqual(getTypes('type=a.b,c.* x'), ['a.b', 'c.*']);
});

test('values are quoted where they must be', () => {
  assert.equal(quoteValue('jane@example.org'), 'jane@example.org');
  assert.equal(quoteValue('2001:db8::1'), '2001:db8::1');
  for (const value of ['a b', '"', '*', 'a,b', '-a', '=a', '~a', '<a', 'a\\', ''])
    assert.deepEqual(readTerms(`key:=${quoteValue(value)}`).map((term) => term.value), [value]);
});

test('including and excluding', () => {
  assert.equal(addTerm('', 'to', 'jane', false), 'to:=jane');
  assert.equal(addTerm('level:warn', 'to', 'a b', true), 'level:warn -to:="a b"');
  assert.equal(addTerm('to:=jane level:warn', 'to', 'jane', true), 'level:warn -to:=jane');
  assert.equal(addTerm('-to:=jane', 'to', 'jane', true), '-to:=jane');
  assert.equal(addTerm('remote-ip:192.0.2.1', 'remoteIp', '192.0.2.1', true), '-remoteIp:=192.0.2.1');
  assert.equal(addTerm('', 'type', 'smtp.ehlo', false), 'type:smtp.ehlo');
});

test('levels and types', () => {
  assert.equal(setLevel('to:jane', 'warn'), 'level:warn to:jane');
  assert.equal(setLevel('level:warn to:jane', null), 'to:jane');
  assert.equal(getLevel('a level:error'), 'error');
  assert.equal(getLevel('-level:error'), null);
  assert.deepEqual(getTypes('type:smtp.*,queue.* x'), ['smtp.*', 'queue.*']);
  assert.equal(setTypes('x', ['smtp.*', 'a.b']), 'type:smtp.*,a.b x');
  assert.equal(setTypes('type:a x', []), 'x');
});

const vocabulary = {
  keys: [{ key: 'remoteIp', title: 'Remote IP address' }, { key: 'to', title: 'Recipient' }],
  types: [{ type: 'smtp.ehlo', title: 'EHLO' }, { type: 'smtp.quit', title: 'Quit' }, { type: 'queue.x', title: '' }],
  levelTitle: (level) => level,
  values: (key) => key === 'to' ? ['jane@example.org', 'two words'] : [],
};
const choose = (text, caret = text.length) => complete(text, caret, vocabulary);
const labels = (text, caret) => choose(text, caret)?.choices.map((choice) => choice.insert) ?? null;

test('completion', () => {
  assert.deepEqual(labels('remote-i'), ['remoteIp:']);
  assert.deepEqual(labels('recip'), ['to:']);
  assert.deepEqual(labels('-remo'), ['remoteIp:']);
  assert.deepEqual(labels('level:w'), ['warn']);
  assert.deepEqual(labels('type:smtp'), ['smtp.*', 'smtp.ehlo', 'smtp.quit']);
  assert.deepEqual(labels('type:smtp.ehlo,qu'), ['queue.x', 'smtp.quit']);
  assert.deepEqual({ ...choose('type:smtp.ehlo,qu', 17), choices: null }, { from: 15, to: 17, choices: null });
  assert.deepEqual(labels('to:'), ['jane@example.org', '"two words"']);
  assert.deepEqual(labels('to:="tw'), ['"two words"']);
  assert.equal(labels('size:>'), null);
  assert.deepEqual(labels('to=ja'), ['jane@example.org']);
  assert.deepEqual(labels('remote-ip='), []);
  assert.deepEqual(labels('level=w'), ['warn']);
  assert.deepEqual(labels('a to:ja x', 7), ['jane@example.org']);
});

test('marks', () => {
  const marks = (filter, highlights, field, text) => new Marker(filter, highlights).find(field, text).map(({ start, end, style }) => [start, end, style]);
  assert.deepEqual(marks('jane', [], 'from', 'Jane and JANE'), [[0, 4, 0], [9, 13, 0]]);
  assert.deepEqual(marks('to:jane', [], 'from', 'jane'), []);
  assert.deepEqual(marks('remote-ip:192.', [], 'remoteIp', '192.0.2.1'), [[0, 4, 0]]);
  assert.deepEqual(marks('to:=jane', [], 'to', 'jane@x'), []);
  assert.deepEqual(marks('-jane type:x level:warn size:>3 to:*', [], 'text', 'jane x warn 3'), []);
  assert.deepEqual(marks('text:~j.n', [], 'text', 'a jan'), [[2, 5, 0]]);
  assert.deepEqual(marks('jane', ['an'], 'text', 'jane'), [[1, 3, 1]]);
  // What could take for ever is not tried.
  assert.deepEqual(marks('text:~(a+)+b', [], 'text', 'a'.repeat(40)), []);
});

test('places of errors', () => {
  const text = 'to:jürgen remoteipp:1';
  const query = `q=${encodeURIComponent(text)}`;
  assert.equal(locateInText(text, query.indexOf('remoteipp')), 10);
  assert.equal(locateInText(text, query.length), text.length);
  assert.equal(locateInText('', 2), 0);
});
