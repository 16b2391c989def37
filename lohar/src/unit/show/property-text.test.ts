import assert from 'node:assert/strict';
import test from 'node:test';
import type { Property } from './property.ts';
import { type Pieces, type Printing, PropertyText } from './property-text.ts';

const TERSE = { empty: false, valueOnly: false };
const at = { atMs: 1_795_442_905_525 };
const rows: [what: string, printing: Printing, value: Property['value'], pieces: Pieces][] = [
  ['a text', TERSE, 'x', ['P=x\n']],
  ['an empty text', TERSE, '', []],
  ['an empty text that was asked for', { ...TERSE, empty: true }, '', ['P=\n']],
  ['a value alone', { ...TERSE, valueOnly: true }, 'x', ['x\n']],
  ['several lines', TERSE, ['1', '2'], ['P=1\nP=2\n']],
  ['no lines', TERSE, [], []],
  ['no lines, asked for', { ...TERSE, empty: true }, [], ['P=\n']],
  ['a moment', TERSE, at, ['P=', at, '\n']],
  ['a moment that never was', TERSE, { atMs: 0 }, []],
  ['a moment that never was, asked for', { empty: true, valueOnly: true }, { atMs: 0 }, ['\n']],
  ['moments in a line', TERSE, [{ parts: ['[', at, '] n/a'] }], ['P=[', at, '] n/a\n']],
];
for (const [what, printing, value, pieces] of rows)
  test(what, () => {
    const text = new PropertyText(printing);
    text.add('P', value);
    assert.deepEqual(text.pieces(), pieces);
  });
