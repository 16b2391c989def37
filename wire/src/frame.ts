/**
 * One frame: header (u32 payload size, u8 kind, u32 stream; big endian), payload, one zero byte. docs/wire.md has the
 * bytes of every kind. Streams are numbered by the host from 1; stream 0 is the link itself.
 */

import { DATA_SIZE_MAX, HEADER_SIZE, JSON_SIZE_MAX, TRAILER_SIZE } from './limits.ts';
import type { Channel } from './messages.ts';

/** JSON; stream 0; the first frame after a BREAK. */
export const HELLO = 1;
/** JSON; host only; begins a stream. */
export const OPEN = 2;
/** u8 channel, bytes. */
export const DATA = 3;
/** u8 channel, u32 bytes that the receiver has consumed. */
export const CREDIT = 4;
/** u8 channel: no more DATA on it from this side. */
export const END = 5;
/** JSON. */
export const MESSAGE = 6;
/** JSON; ends a stream, or the link when the stream is 0. */
export const CLOSE = 7;
export type Kind = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Bytes of a DATA frame before its content. */
export const DATA_HEAD_SIZE = HEADER_SIZE + 1;
export const CREDIT_PAYLOAD_SIZE = 5;
export const END_PAYLOAD_SIZE = 1;

export interface Header {
  readonly kind: Kind;
  readonly stream: number;
  /** Payload bytes that follow. */
  readonly size: number;
}
export type FrameFault = 'frame.invalid' | 'frame.too-long';

const encoder = new TextEncoder();

/** The longest payload of each kind, and the shortest. */
const SIZES: Readonly<Record<Kind, readonly [min: number, max: number]>> = {
  [HELLO]: [2, JSON_SIZE_MAX],
  [OPEN]: [2, JSON_SIZE_MAX],
  [DATA]: [2, 1 + DATA_SIZE_MAX],
  [CREDIT]: [CREDIT_PAYLOAD_SIZE, CREDIT_PAYLOAD_SIZE],
  [END]: [END_PAYLOAD_SIZE, END_PAYLOAD_SIZE],
  [MESSAGE]: [2, JSON_SIZE_MAX],
  [CLOSE]: [2, JSON_SIZE_MAX],
};

/** Reads the header at `at`; the caller made sure that HEADER_SIZE bytes are there. Refuses before a byte is kept. */
export function readHeader(bytes: Uint8Array, at: number): Header | FrameFault {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_SIZE);
  const size = view.getUint32(0);
  const kind = view.getUint8(4);
  if (kind < HELLO || kind > CLOSE) return 'frame.invalid';
  const [min, max] = SIZES[kind as Kind];
  if (size > max) return 'frame.too-long';
  if (size < min) return 'frame.invalid';
  return { kind: kind as Kind, stream: view.getUint32(5), size };
}

/** Fills in header and trailer of a frame whose payload of `size` bytes lies at HEADER_SIZE already. */
function wrap(frame: Uint8Array, kind: Kind, stream: number, size: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, HEADER_SIZE);
  view.setUint32(0, size);
  view.setUint8(4, kind);
  view.setUint32(5, stream);
  frame[HEADER_SIZE + size] = 0;
  return frame;
}

/** A frame with a JSON document. @returns null when the document is longer than JSON_SIZE_MAX */
export function encodeJson(kind: Kind, stream: number, document: unknown): Uint8Array | null {
  const text = encoder.encode(JSON.stringify(document));
  if (text.length > JSON_SIZE_MAX) return null;
  const frame = new Uint8Array(HEADER_SIZE + text.length + TRAILER_SIZE);
  frame.set(text, HEADER_SIZE);
  return wrap(frame, kind, stream, text.length);
}

/** A DATA frame with a copy of `content`. */
export function encodeData(stream: number, channel: Channel, content: Uint8Array): Uint8Array {
  const frame = new Uint8Array(DATA_HEAD_SIZE + content.length + TRAILER_SIZE);
  frame.set(content, DATA_HEAD_SIZE);
  return wrapData(frame, stream, channel, content.length);
}

/** Makes a DATA frame around `size` bytes of content that lie in `frame` at DATA_HEAD_SIZE; one byte is spare behind. */
export function wrapData(frame: Uint8Array, stream: number, channel: Channel, size: number): Uint8Array {
  if (size < 1 || size > DATA_SIZE_MAX) throw new RangeError(`not the size of a DATA frame: ${size}`);
  frame[HEADER_SIZE] = channel;
  return wrap(frame.subarray(0, DATA_HEAD_SIZE + size + TRAILER_SIZE), DATA, stream, 1 + size);
}

export function encodeCredit(stream: number, channel: Channel, size: number): Uint8Array {
  const frame = new Uint8Array(HEADER_SIZE + CREDIT_PAYLOAD_SIZE + TRAILER_SIZE);
  frame[HEADER_SIZE] = channel;
  new DataView(frame.buffer).setUint32(HEADER_SIZE + 1, size);
  return wrap(frame, CREDIT, stream, CREDIT_PAYLOAD_SIZE);
}

export function encodeEnd(stream: number, channel: Channel): Uint8Array {
  const frame = new Uint8Array(HEADER_SIZE + END_PAYLOAD_SIZE + TRAILER_SIZE);
  frame[HEADER_SIZE] = channel;
  return wrap(frame, END, stream, END_PAYLOAD_SIZE);
}

/** Reads the u32 of a CREDIT payload. */
export function creditOf(payload: Uint8Array): number {
  return new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint32(1);
}
