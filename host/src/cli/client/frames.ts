/** WebSocket frames (RFC 6455 section 5) of a client: pure. */

export type Opcode = 'continuation' | 'text' | 'binary' | 'close' | 'ping' | 'pong';
const OPCODES: Readonly<Record<Opcode, number>> = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
};
const NAMES = new Map(Object.entries(OPCODES).map(([name, code]) => [code, name as Opcode]));

/** The daemon sends what one DATA frame of a guest carries, and JSON of that size. */
export const FRAME_SIZE_MAX = 1024 * 1024;

export interface Frame {
  readonly opcode: Opcode;
  readonly fin: boolean;
  readonly payload: Buffer;
}

/** A client's frame: masked, as servers demand. @param mask 4 bytes; zeros change nothing, which is right on a unix socket */
export function encodeFrame(opcode: Opcode, payload: Uint8Array, mask: Uint8Array): Buffer {
  const size = payload.length;
  const lengthSize = size < 126 ? 0 : size < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + lengthSize + 4 + size);
  frame[0] = 0x80 | OPCODES[opcode];
  frame[1] = 0x80 | (lengthSize === 0 ? size : lengthSize === 2 ? 126 : 127);
  if (lengthSize === 2) frame.writeUInt16BE(size, 2);
  if (lengthSize === 8) frame.writeBigUInt64BE(BigInt(size), 2);
  frame.set(mask, 2 + lengthSize);
  const start = 6 + lengthSize;
  frame.set(payload, start);
  if (mask.some((byte) => byte !== 0)) {
    for (let i = 0; i < size; i += 1) frame[start + i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  }
  return frame;
}

/** Cuts a stream of bytes into a server's frames. */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns the frames that are whole now. @throws Error for what is no frame or too long */
  push(bytes: Uint8Array): Frame[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    for (let frame = this.#take(); frame !== undefined; frame = this.#take()) frames.push(frame);
    return frames;
  }

  #take(): Frame | undefined {
    const rest = this.#rest;
    const [first, second] = rest;
    if (first === undefined || second === undefined) return undefined;
    const opcode = NAMES.get(first & 0x0f);
    if (opcode === undefined || (first & 0x70) !== 0) throw new Error('the daemon sent no WebSocket frame');
    if ((second & 0x80) !== 0) throw new Error('the daemon sent a masked frame');
    const short = second & 0x7f;
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (rest.length < start) return undefined;
    const size = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    if (size > FRAME_SIZE_MAX) throw new Error(`the daemon sent a frame of ${size} bytes`);
    if (rest.length < start + size) return undefined;
    this.#rest = rest.subarray(start + size);
    return { opcode, fin: (first & 0x80) !== 0, payload: rest.subarray(start, start + size) };
  }
}
