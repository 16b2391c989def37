import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeBytes, encodeBytes, escapeText, hasRawBytes, unescapeText } from './text.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);
const rows: [name: string, input: Uint8Array, text: string, escaped: string][] = [
  ['plain text stays', new TextEncoder().encode('hello'), 'hello', 'hello'],
  ['UTF-8 stays', new TextEncoder().encode('añ€😀'), 'añ€😀', 'añ€😀'],
  ['a real replacement character stays', new TextEncoder().encode('\ufffd'), '\ufffd', '\ufffd'],
  ['a byte order mark stays', bytes(0xef, 0xbb, 0xbf, 0x61), '\ufeffa', '\ufeffa'],
  ['a lone continuation byte', bytes(0x61, 0x80, 0x62), 'a\udc80b', 'a\\x80b'],
  ['an overlong form', bytes(0xc0, 0xaf), '\udcc0\udcaf', '\\xc0\\xaf'],
  ['a surrogate in UTF-8', bytes(0xed, 0xa0, 0x80), '\udced\udca0\udc80', '\\xed\\xa0\\x80'],
  ['a truncated sequence', bytes(0xe2, 0x82), '\udce2\udc82', '\\xe2\\x82'],
  ['beyond U+10FFFF', bytes(0xf4, 0x90, 0x80, 0x80), '\udcf4\udc90\udc80\udc80', '\\xf4\\x90\\x80\\x80'],
  ['a good and a bad one', bytes(0xe2, 0x82, 0xac, 0xff), '€\udcff', '€\\xff'],
  ['controls', bytes(0, 9, 10, 13, 27, 0x7f), '\0\t\n\r\x1b\x7f', '\\x00\\t\\n\\r\\x1b\\x7f'],
  ['a C1 control', new TextEncoder().encode('a\u009bm'), 'a\u009bm', 'a\\u009bm'],
  ['a backslash', bytes(0x5c, 0x6e), '\\n', '\\\\n'],
];
for (const [name, input, text, escaped] of rows)
  test(name, () => {
    assert.equal(decodeBytes(input), text);
    assert.equal(escapeText(text), escaped);
    assert.equal(unescapeText(escaped), text);
    assert.deepEqual(encodeBytes(text), input);
  });

test('an emoji whose low half looks like a raw byte is none', () => {
  assert.equal(hasRawBytes('😀'), false);
  assert.equal(hasRawBytes('\udc80'), true);
});

test('random bytes survive file and back', () => {
  let seed = 7;
  const next = () => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed >> 8;
  };
  for (let round = 0; round < 2000; round++) {
    const input = Uint8Array.from({ length: next() % 40 }, () => next() & 0xff);
    const escaped = escapeText(decodeBytes(input));
    assert.deepEqual(encodeBytes(unescapeText(escaped)), input, `round ${round}: ${input}`);
    assert.doesNotMatch(escaped, /\p{Cc}/u);
  }
});
