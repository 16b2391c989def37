import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SentInput } from './sent-input.ts';

const rows: [name: string, parts: string[], from: number, rest: string | null][] = [
  ['nothing', [], 0, ''],
  ['all', ['abc', 'de'], 0, 'abcde'],
  ['from the middle of a part', ['abc', 'de'], 1, 'bcde'],
  ['from a border', ['abc', 'de'], 3, 'de'],
  ['the end', ['abc', 'de'], 5, ''],
  ['beyond the end', ['abc'], 4, null],
];
for (const [name, parts, from, rest] of rows) {
  test(`sent again: ${name}`, () => {
    const sent = new SentInput();
    for (const part of parts) sent.add(Buffer.from(part));
    const again = sent.since(from);
    assert.equal(again && Buffer.concat(again).toString(), rest);
  });
}

test('the oldest goes when much was sent', () => {
  const sent = new SentInput();
  const mib = Buffer.alloc(1024 * 1024);
  for (let n = 0; n < 10; n += 1) sent.add(mib);
  assert.equal(sent.since(5 * mib.length - 1), null);
  assert.equal(Buffer.concat(sent.since(6 * mib.length) ?? []).length, 4 * mib.length);
});
