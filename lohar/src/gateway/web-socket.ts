/** The server's end of a WebSocket (RFC 6455): binary messages from and to a stream of bytes. */
import { sha1 } from './digest.ts';

/** A client's message: keys, mouse moves, a clipboard. */
export const MESSAGE_SIZE_MAX = 1024 * 1024;
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const OPCODE = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const FINAL = 0x80;
const MASKED = 0x80;

/** @returns the value of Sec-WebSocket-Accept */
export function acceptOf(key: string): string {
  const digest = sha1(new TextEncoder().encode(key + GUID));
  const bits = [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits.match(/.{1,6}/g) ?? [];
  return `${letters.map((six) => ALPHABET[Number.parseInt(six.padEnd(6, '0'), 2)]).join('')}=`;
}

/** The head of a server's frame; the payload follows as it is. */
function frameHead(opcode: number, size: number): Uint8Array {
  if (size < 126) return Uint8Array.of(FINAL | opcode, size);
  if (size < 65_536) return Uint8Array.of(FINAL | opcode, 126, size >> 8, size & 0xff);
  const head = new Uint8Array(10);
  head.set([FINAL | opcode, 127]);
  new DataView(head.buffer).setUint32(6, size);
  return head;
}

export const binaryHead = (size: number): Uint8Array => frameHead(OPCODE.binary, size);

/** A whole frame: what is sent back to a ping, or at the end. */
function frame(opcode: number, payload: Uint8Array): Uint8Array {
  const head = frameHead(opcode, payload.length);
  const whole = new Uint8Array(head.length + payload.length);
  whole.set(head);
  whole.set(payload, head.length);
  return whole;
}

export const CLOSE: Uint8Array = frame(OPCODE.close, new Uint8Array());

export type Incoming =
  | { readonly is: 'data'; readonly bytes: Uint8Array; readonly size: number }
  /** To be sent back. */
  | { readonly is: 'answer'; readonly bytes: Uint8Array; readonly size: number }
  | { readonly is: 'nothing'; readonly size: number }
  | { readonly is: 'close' }
  | { readonly is: 'more' }
  | { readonly is: 'bad' };

/** The first frame of what a client sent. */
export function readFrame(bytes: Uint8Array): Incoming {
  const [first = 0, second = 0] = bytes;
  if (bytes.length < 2) return { is: 'more' };
  // No extension was agreed on, and a client masks all it sends.
  if ((first & 0x70) !== 0 || (second & MASKED) === 0) return { is: 'bad' };
  const short = second & 0x7f;
  const lengthSize = short < 126 ? 0 : short === 126 ? 2 : 8;
  const head = 2 + lengthSize + 4;
  if (bytes.length < head) return { is: 'more' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, head);
  const length = lengthSize === 0 ? short : lengthSize === 2 ? view.getUint16(2) : Number(view.getBigUint64(2));
  if (length > MESSAGE_SIZE_MAX) return { is: 'bad' };
  const size = head + length;
  if (bytes.length < size) return { is: 'more' };
  return meaning(first & 0x0f, unmasked(bytes.subarray(head - 4, head), bytes.subarray(head, size)), size);
}

function meaning(opcode: number, payload: Uint8Array, size: number): Incoming {
  switch (opcode) {
    case OPCODE.more:
    case OPCODE.binary:
      return { is: 'data', bytes: payload, size };
    case OPCODE.ping:
      return payload.length < 126 ? { is: 'answer', bytes: frame(OPCODE.pong, payload), size } : { is: 'bad' };
    case OPCODE.pong:
      return { is: 'nothing', size };
    case OPCODE.close:
      return { is: 'close' };
    default:
      return { is: 'bad' };
  }
}

function unmasked(mask: Uint8Array, payload: Uint8Array): Uint8Array {
  const plain = new Uint8Array(payload.length);
  for (let i = 0; i < payload.length; i++) plain[i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return plain;
}
