import assert from 'node:assert/strict';
import test from 'node:test';
import { acceptOf, binaryHead, type Incoming, MESSAGE_SIZE_MAX, readFrame } from './web-socket.ts';

const MASK = [1, 2, 3, 4];
const masked = (text: string): number[] => [...new TextEncoder().encode(text)].map((byte, i) => byte ^ ((i & 3) + 1));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const big = masked('x'.repeat(200));

test('the handshake of RFC 6455', () => {
  assert.equal(acceptOf('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

const heads: [size: number, head: number[]][] = [
  [5, [0x82, 5]],
  [126, [0x82, 126, 0, 126]],
  [65_535, [0x82, 126, 255, 255]],
  [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
];
for (const [size, head] of heads)
  test(`the head of a message of ${size} bytes`, () => assert.deepEqual([...binaryHead(size)], head));

const rows: [name: string, input: number[], expected: Incoming][] = [
  ['nothing yet', [], { is: 'more' }],
  ['half a head', [0x82, 0x85, 1, 2], { is: 'more' }],
  ['half a payload', [0x82, 0x85, ...MASK, 1], { is: 'more' }],
  [
    'a binary message',
    [0x82, 0x85, ...MASK, ...masked('hello'), 9, 9],
    { is: 'data', bytes: bytes('hello'), size: 11 },
  ],
  ['its second half', [0x80, 0x82, ...MASK, ...masked('lo')], { is: 'data', bytes: bytes('lo'), size: 8 }],
  ['200 bytes', [0x82, 0xfe, 0, 200, ...MASK, ...big], { is: 'data', bytes: bytes('x'.repeat(200)), size: 208 }],
  [
    'a ping',
    [0x89, 0x82, ...MASK, ...masked('hi')],
    { is: 'answer', bytes: Uint8Array.of(0x8a, 2, ...bytes('hi')), size: 8 },
  ],
  ['a pong', [0x8a, 0x80, ...MASK], { is: 'nothing', size: 6 }],
  ['the end', [0x88, 0x80, ...MASK], { is: 'close' }],
  ['a text message', [0x81, 0x80, ...MASK], { is: 'bad' }],
  ['a frame without a mask', [0x82, 0x01, 0], { is: 'bad' }],
  ['an extension that nobody agreed on', [0xc2, 0x80, ...MASK], { is: 'bad' }],
  ['a message that is too long', [0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, ...MASK], { is: 'bad' }],
];
for (const [name, input, expected] of rows)
  test(`a client sends ${name}`, () => assert.deepEqual(readFrame(Uint8Array.from(input)), expected));

test('what is longer than a message may be is refused before it has come', () => {
  const head = Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 0, (MESSAGE_SIZE_MAX >> 16) + 1, 0, 0, ...MASK);
  assert.deepEqual(readFrame(head), { is: 'bad' });
});
