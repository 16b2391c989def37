import assert from 'node:assert/strict';
import test from 'node:test';
import { parseNative } from './native-message.ts';
import { decodeBytes } from './text.ts';

const text = (value: string) => new TextEncoder().encode(value);
function binary(name: string, value: Uint8Array): Uint8Array {
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(value.length), true);
  return Uint8Array.from([...text(`${name}\n`), ...size, ...value, 10]);
}
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

const rows: [name: string, input: Uint8Array, entries: [string, string][][]][] = [
  [
    'lines',
    text('MESSAGE=hello\nPRIORITY=3\nMYFIELD=a=b\n'),
    [
      [
        ['MESSAGE', 'hello'],
        ['PRIORITY', '3'],
        ['MYFIELD', 'a=b'],
      ],
    ],
  ],
  [
    'a value of many lines',
    join(binary('MESSAGE', text('a\nb')), text('X=1\n')),
    [
      [
        ['MESSAGE', 'a\nb'],
        ['X', '1'],
      ],
    ],
  ],
  ['bytes that are no UTF-8', binary('MESSAGE', Uint8Array.of(0xff, 0)), [[['MESSAGE', '\udcff\0']]]],
  ['two entries', text('A=1\n\nB=2\n'), [[['A', '1']], [['B', '2']]]],
  ['trusted names are refused', text('_UID=0\nA=1\n'), [[['A', '1']]]],
  ['bad names are refused', text('a=1\nA B=2\n1A=3\n=x\nA=1\n'), [[['A', '1']]]],
  ['a line without its end is dropped', text('A=1\nB=2'), [[['A', '1']]]],
  ['a torn length', join(text('A=1\nB\n'), Uint8Array.of(5, 0, 0)), [[['A', '1']]]],
  [
    'a length beyond the end',
    join(text('A=1\nB\n'), Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 65, 10)),
    [[['A', '1']]],
  ],
  [
    'no line feed after the value',
    join(text('A=1\n'), binary('B', text('xy')).slice(0, -1), text('z')),
    [[['A', '1']]],
  ],
  ['nothing', new Uint8Array(0), []],
  ['empty lines', text('\n\n\n'), []],
];
for (const [name, input, entries] of rows) test(name, () => assert.deepEqual(parseNative(input, decodeBytes), entries));

test('an entry of too many fields is dropped, the next one is not', () => {
  const many = Array.from({ length: 2000 }, (_, i) => `F${i}=1\n`).join('');
  assert.deepEqual(parseNative(text(`${many}\nA=1\n`), decodeBytes), [[['A', '1']]]);
});

test('a value of 1 MiB stays whole', () => {
  const value = 'x\n'.repeat(512 * 1024);
  assert.equal(parseNative(binary('MESSAGE', text(value)), decodeBytes)[0]?.[0]?.[1], value);
});
