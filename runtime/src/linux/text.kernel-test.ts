import { decode, decodeLossless, encode, encodeLossless, probe } from 'native';
import assert from '../test-kit/assert.ts';
import test from '../test-kit/test.ts';

test('every byte survives the lossless way there and back', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual(encodeLossless(decodeLossless(all)), all);
});

test('a probe looks at every step-th byte and at no other', () => {
  const bytes = Uint8Array.of(7, 0, 7, 0, 0, 0, 7);
  const asked: [from: number, step: number][] = [
    [0, 1],
    [1, 2],
    [1, 1],
    [3, 3],
    [4, 2],
    [7, 1],
    [99, 1],
  ];
  assert.deepEqual(
    asked.map(([from, step]) => probe(bytes, 7, from, step)),
    [0, -1, 2, 6, 6, -1, -1],
  );
  assert.throws(() => probe(bytes, 7, 0, 0));
});

test('random bytes survive it too', () => {
  let seed = 1;
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from({ length: round % 40 }, () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      // Mostly bytes from which sequences are made.
      return seed % 3 === 0 ? 0x80 + (seed % 64) : seed % 256;
    });
    assert.deepEqual([...encodeLossless(decodeLossless(bytes))], [...bytes], `round ${round}`);
  }
});

const rows: readonly (readonly [name: string, bytes: readonly number[], text: string])[] = [
  ['nothing', [], ''],
  ['all lengths', [0x24, 0xc2, 0xa2, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80], '$¢€😀'],
  ['overlong forms', [0xc0, 0x80, 0xe0, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['an encoded surrogate', [0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
  ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd'],
  ['a sequence that is cut', [0x61, 0xf0, 0x9f, 0x98], 'a\ufffd'],
  ['a sequence that is interrupted', [0xe2, 0x82, 0x41], '\ufffdA'],
];
for (const [name, bytes, text] of rows)
  test(`bad bytes as the Encoding Standard replaces them: ${name}`, () =>
    assert.equal(decode(Uint8Array.from(bytes)), text));

test('a lone surrogate is written as U+FFFD, a pair as four bytes', () => {
  assert.deepEqual([...encode('\ud83d\ude00')], [0xf0, 0x9f, 0x98, 0x80]);
  assert.deepEqual([...encode('a\ud83db\udcffc')], [0x61, 0xef, 0xbf, 0xbd, 0x62, 0xef, 0xbf, 0xbd, 0x63]);
  assert.deepEqual([...encodeLossless('a\ud83db\udcffc')], [0x61, 0xef, 0xbf, 0xbd, 0x62, 0xff, 0x63]);
});

test('the globals are there, and a byte order mark is dropped', () => {
  assert.equal(new TextDecoder().decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), 'a');
  assert.equal(new TextDecoder().decode(), '');
  assert.deepEqual(new TextEncoder().encode('é'), Uint8Array.of(0xc3, 0xa9));
});
