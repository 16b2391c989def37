import assert from 'node:assert/strict';
import test from 'node:test';
import { type Draft, decodeMessage, encodeMessage, MESSAGE_SIZE_MAX, type Message } from './message.ts';

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const NOTHING: Omit<Message, 'type' | 'serial'> = {
  ...{ flags: 0, path: '', interface: '', member: '', errorName: '', replySerial: 0, destination: '' },
  ...{ sender: '', signature: '', args: [] },
};

const HELLO: Draft = { type: 'call', path: '/a', member: 'Hello', destination: 'o.b' };
const HELLO_BYTES = [
  '6c 01 00 01 00000000 01000000 2c000000',
  '01 01 6f 00 02000000 2f6100 0000000000',
  '03 01 73 00 05000000 48656c6c6f00 0000',
  '06 01 73 00 03000000 6f2e6200 00000000',
].join('');

test('a call as the specification writes it', () => {
  assert.equal(hex(encodeMessage(HELLO, 1)), HELLO_BYTES.replaceAll(' ', ''));
});

const drafts: readonly (readonly [string, Draft])[] = [
  ['a call without arguments', HELLO],
  ['a call with them', { ...HELLO, interface: 'x.y', signature: 'su', args: ['org.freedesktop.systemd1', 3] }],
  ['a text of more bytes than characters', { ...HELLO, signature: 's', args: ['ä€😀'] }],
  ['a signal', { type: 'signal', path: '/', interface: 'a.b', member: 'C', signature: 'sss', args: ['', 'b', 'cd'] }],
  ['a reply', { type: 'return', replySerial: 0xffff_ffff, destination: ':1.2', signature: 'u', args: [1] }],
  ['an error', { type: 'error', replySerial: 7, errorName: 'a.Bad', flags: 1, signature: 's', args: ['why'] }],
];
for (const [name, draft] of drafts)
  test(`${name} comes back as it was sent`, () => {
    const bytes = encodeMessage(draft, 9);
    const message = { ...NOTHING, serial: 9, ...draft };
    assert.deepEqual(decodeMessage(bytes), { is: 'message', message, size: bytes.length });
    for (let size = 0; size < bytes.length; size++)
      assert.equal(decodeMessage(bytes.subarray(0, size)).is, 'short', `${size} of its bytes`);
  });

test('big endian, a field that nobody knows, and arguments that nobody reads', () => {
  // Fields: 99, a byte; 8, the signature `as`. The body is an empty array.
  const head = '42 04 00 01 00000004 00000005 00000010';
  const fields = '63 01 79 00 ff 000000 08 01 67 00 02 6173 00';
  const bytes = bytesOf(`${head} ${fields} 00000000`);
  const message = { ...NOTHING, type: 'signal', serial: 5, signature: 'as', args: null };
  assert.deepEqual(decodeMessage(bytes), { is: 'message', message, size: 36 });
});

const broken: readonly (readonly [why: string, at: number, byte: number])[] = [
  ['byte order', 0, 0x6d],
  ['type of message', 1, 0],
  ['type of message', 1, 5],
  ['version of the protocol', 3, 2],
  ['serial 0', 8, 0],
  ['too long', 6, 0x10],
  ['too long', 15, 0x80],
  ['type of field path', 18, 0x73],
  ['a value of type v', 18, 0x76],
  ['a text without its end', 20, 1],
  ['a value that is longer than its message', 21, 1],
  ['a text with NUL in it', 24, 0],
  ['padding that is not zero', 27, 1],
];
for (const [why, at, byte] of broken)
  test(`refused: ${why} (byte ${at})`, () => {
    const bytes = encodeMessage(HELLO, 1);
    bytes[at] = byte;
    assert.deepEqual(decodeMessage(bytes), { is: 'bad', why });
  });

test('a body needs a signature that fits it', () => {
  const bytes = encodeMessage({ ...HELLO, signature: 'ss', args: ['a', 'b'] }, 1);
  const at = hex(bytes).indexOf('02737300') / 2;
  const cut = bytes.slice();
  cut.set([0, 0, 0, 0], at);
  assert.equal(decodeMessage(cut).is, 'bad');
  const other = bytes.slice();
  other.set([1, 0x73, 0, 0], at);
  assert.equal(decodeMessage(other).is, 'bad');
});

test('one that would be too long is refused before its body is there', () => {
  const bytes = encodeMessage(HELLO, 1);
  new DataView(bytes.buffer).setUint32(4, MESSAGE_SIZE_MAX, true);
  assert.deepEqual(decodeMessage(bytes.subarray(0, 16)), { is: 'bad', why: 'too long' });
});
