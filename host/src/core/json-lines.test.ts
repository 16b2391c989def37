import assert from 'node:assert/strict';
import test from 'node:test';
import { JsonLines } from './json-lines.ts';

test('lines come in any pieces', () => {
  const lines = new JsonLines();
  assert.deepEqual(lines.feed('{"a"'), []);
  assert.deepEqual(lines.feed(':1}\r\n{"b":2}\r\n\r\n{"c'), [{ a: 1 }, { b: 2 }]);
  assert.deepEqual(lines.feed('":3}\n'), [{ c: 3 }]);
});

const refused: [name: string, text: string][] = [
  ['what is no JSON', 'hello\n'],
  ['a list', '[1]\n'],
  ['null', 'null\n'],
  ['a line without an end', 'x'.repeat(1024 * 1024 + 1)],
];
for (const [name, text] of refused) test(`refuses ${name}`, () => assert.throws(() => new JsonLines().feed(text)));
