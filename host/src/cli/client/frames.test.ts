import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame, FRAME_SIZE_MAX, type Frame, FrameDecoder } from './frames.ts';

/** A server's frame: as a client's, without the mask. */
function serverFrame(first: number, payload: Buffer): Buffer {
  const size = payload.length;
  const head = size < 126 ? Buffer.of(first, size) : Buffer.alloc(size < 65_536 ? 4 : 10);
  if (size >= 126) head.set([first, size < 65_536 ? 126 : 127]);
  if (head.length === 4) head.writeUInt16BE(size, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([head, payload]);
}

function decodeIn(bytes: Buffer, size: number): Frame[] {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += size) frames.push(...decoder.push(bytes.subarray(at, at + size)));
  return frames;
}

for (const size of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
  test(`a frame of ${size} bytes is put together from pieces`, () => {
    const payload = Buffer.alloc(size, 'abc');
    const bytes = Buffer.concat([serverFrame(0x82, payload), serverFrame(0x81, Buffer.from('next'))]);
    for (const piece of size > 1000 ? [997, 1 << 20] : [1, 3, 1 << 20]) {
      const [first, second] = decodeIn(bytes, piece);
      assert.deepEqual([first?.opcode, first?.fin, first?.payload.equals(payload)], ['binary', true, true]);
      assert.deepEqual([second?.opcode, second?.payload.toString()], ['text', 'next']);
    }
  });
}

test("a client's frame is masked; zeros leave it as it is", () => {
  const plain = encodeFrame('text', Buffer.from('hello'), Buffer.of(0, 0, 0, 0));
  assert.equal(plain.toString('hex'), '81850000000068656c6c6f');
  // RFC 6455 section 5.7: a single-frame masked text message
  const masked = encodeFrame('text', Buffer.from('Hello'), Buffer.of(0x37, 0xfa, 0x21, 0x3d));
  assert.equal(masked.toString('hex'), '818537fa213d7f9f4d5158');
});

const refused: [name: string, bytes: Buffer, message: RegExp][] = [
  ['an unknown opcode', Buffer.of(0x83, 0), /no WebSocket frame/],
  ['reserved bits', Buffer.of(0xc1, 0), /no WebSocket frame/],
  ['a masked frame', Buffer.of(0x81, 0x80, 0, 0, 0, 0), /a masked frame/],
  [
    'a frame that is too long',
    serverFrame(0x82, Buffer.alloc(FRAME_SIZE_MAX + 1)).subarray(0, 10),
    /a frame of 1048577 bytes/,
  ],
  ['a frame of 2^63 bytes', Buffer.of(0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0), /a frame of 9\d+ bytes/],
];
for (const [name, bytes, message] of refused) {
  test(`${name} is refused`, () => assert.throws(() => decodeIn(bytes, 1), message));
}
