/**
 * Bytes in pieces of any size -> whole frames and BREAKs. Copies each byte at most once, keeps at most one frame, and
 * begins lost: nothing is a frame before the first BREAK.
 */
import { BreakFinder } from './break.ts';
import { type FrameFault, type Header, readHeader } from './frame.ts';
import { HEADER_SIZE, TRAILER_SIZE } from './limits.ts';

export interface FrameSink {
  /** The payload is only valid during the call. */
  onFrame(header: Header, payload: Uint8Array): void;
  /** A BREAK went by: what follows begins with a frame. */
  onBreak(): void;
  /** The bytes are no frame; all is skipped until the next BREAK. */
  onFault(fault: FrameFault): void;
}

const FIRST_CAPACITY = 4096;

export class Decoder {
  readonly #sink: FrameSink;
  readonly #breaks = new BreakFinder();
  /** The beginning of a frame whose rest has not come yet. */
  #part: Uint8Array = new Uint8Array(0);
  #partSize = 0;
  #header: Header | null = null;
  #lost = true;
  /** A fault that may yet turn out to be the beginning of a BREAK. */
  #fault: FrameFault | null = null;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Bytes of memory held for a frame that is not whole yet. */
  get held(): number {
    return this.#part.length;
  }

  /** Skips everything until the next BREAK and lets the buffer go. */
  lose(): void {
    this.#lost = true;
    this.#fault = null;
    this.#forget();
    this.#part = new Uint8Array(0);
  }

  push(bytes: Uint8Array): void {
    let from = 0;
    for (;;) {
      const found = this.#breaks.find(bytes, from);
      this.#feed(found ? bytes.subarray(from, found.start) : bytes.subarray(from));
      if (!found) break;
      this.#forget();
      this.#lost = false;
      this.#fault = null;
      this.#sink.onBreak();
      from = found.end;
    }
    if (this.#fault !== null && !this.#breaks.open) {
      const fault = this.#fault;
      this.#fault = null;
      this.#sink.onFault(fault);
    }
  }

  #forget(): void {
    this.#partSize = 0;
    this.#header = null;
  }

  #feed(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.#lost) {
      at = this.#partSize > 0 ? this.#fill(bytes, at) : this.#direct(bytes, at);
    }
  }

  /** A frame that lies whole in `bytes` goes on without a copy. @returns where to go on */
  #direct(bytes: Uint8Array, at: number): number {
    if (bytes.length - at < HEADER_SIZE) return this.#fill(bytes, at);
    const header = readHeader(bytes, at);
    if (typeof header === 'string') return this.#refuse(header, bytes);
    const end = at + HEADER_SIZE + header.size;
    if (end + TRAILER_SIZE > bytes.length) return this.#fill(bytes, at);
    if (bytes[end] !== 0) return this.#refuse('frame.invalid', bytes);
    this.#sink.onFrame(header, bytes.subarray(at + HEADER_SIZE, end));
    return end + TRAILER_SIZE;
  }

  /** Adds to the part what it still needs. @returns where to go on */
  #fill(bytes: Uint8Array, from: number): number {
    let at = from;
    if (this.#header === null) {
      at = this.#take(bytes, at, HEADER_SIZE);
      if (this.#partSize < HEADER_SIZE) return at;
      const header = readHeader(this.#part, 0);
      if (typeof header === 'string') return this.#refuse(header, bytes);
      this.#header = header;
    }
    const header = this.#header;
    const end = HEADER_SIZE + header.size;
    at = this.#take(bytes, at, end + TRAILER_SIZE);
    if (this.#partSize < end + TRAILER_SIZE) return at;
    if (this.#part[end] !== 0) return this.#refuse('frame.invalid', bytes);
    this.#forget();
    this.#sink.onFrame(header, this.#part.subarray(HEADER_SIZE, end));
    return at;
  }

  /** Copies from `bytes` until the part has `want` bytes or `bytes` are used up. @returns where to go on */
  #take(bytes: Uint8Array, at: number, want: number): number {
    const size = Math.min(want - this.#partSize, bytes.length - at);
    if (this.#part.length < want) {
      const larger = new Uint8Array(Math.max(want, FIRST_CAPACITY));
      larger.set(this.#part.subarray(0, this.#partSize));
      this.#part = larger;
    }
    this.#part.set(bytes.subarray(at, at + size), this.#partSize);
    this.#partSize += size;
    return at + size;
  }

  #refuse(fault: FrameFault, bytes: Uint8Array): number {
    this.#lost = true;
    this.#fault = fault;
    this.#forget();
    return bytes.length;
  }
}
