/**
 * Bytes in pieces of any size -> frames and BREAKs. Frames come out whole but for DATA, whose content goes on as it comes,
 * without a copy; at most one frame of another kind is kept. Begins lost: nothing is a frame before the first BREAK.
 */
import { BREAK, BreakFinder, type Probe } from './break.ts';
import { DATA, type FrameFault, type Header, readHeader } from './frame.ts';
import { HEADER_SIZE, TRAILER_SIZE } from './limits.ts';

export interface FrameSink {
  /** A frame that is no DATA. The payload is only valid during the call. */
  onFrame(header: Header, payload: Uint8Array): void;
  /** Content of DATA, in pieces: part of what push() was given, or of a constant. */
  onData(stream: number, channel: number, content: Uint8Array): void;
  /** A BREAK went by: what follows begins with a frame. */
  onBreak(): void;
  /** The bytes are no frame; all is skipped until the next BREAK. */
  onFault(fault: FrameFault): void;
}

const FIRST_CAPACITY = 4096;
/** The channel byte has not come yet. */
const UNKNOWN = -1;

/** DATA that goes by: its payload, of which `left` bytes are still to come, then its trailer. */
interface Passing {
  readonly stream: number;
  channel: number;
  left: number;
}

export class Decoder {
  readonly #sink: FrameSink;
  readonly #breaks: BreakFinder;
  /** Bytes at the end of what came that may be the beginning of a BREAK: they are not looked at before that is known. */
  #held = 0;
  /** The beginning of a frame whose rest has not come yet. */
  #part: Uint8Array = new Uint8Array(0);
  #partSize = 0;
  #header: Header | null = null;
  #data: Passing | null = null;
  #lost = true;

  constructor(sink: FrameSink, probe?: Probe) {
    this.#sink = sink;
    this.#breaks = new BreakFinder(probe);
  }

  /** Bytes of memory held for a frame that is not whole yet. */
  get held(): number {
    return this.#part.length;
  }

  /** Skips everything until the next BREAK and lets the buffer go. */
  lose(): void {
    this.#lost = true;
    this.#forget();
    this.#part = new Uint8Array(0);
  }

  push(bytes: Uint8Array): void {
    let from = 0;
    for (let found = this.#breaks.find(bytes, 0); found; found = this.#breaks.find(bytes, from)) {
      if (found.start > from) {
        this.#feedHeld();
        this.#feed(bytes.subarray(from, found.start));
      }
      this.#held = 0;
      this.#forget();
      this.#lost = false;
      this.#sink.onBreak();
      from = found.end;
    }
    const { run } = this.#breaks;
    const end = bytes.length - run;
    if (end >= from) {
      this.#feedHeld();
      this.#feed(bytes.subarray(from, end));
    }
    this.#held = run;
  }

  #forget(): void {
    this.#partSize = 0;
    this.#header = null;
    this.#data = null;
  }

  /** What was held back was no BREAK. */
  #feedHeld(): void {
    if (this.#held === 0) return;
    const held = this.#held;
    this.#held = 0;
    this.#feed(BREAK.subarray(0, held));
  }

  #feed(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.#lost) {
      if (this.#data !== null) at = this.#pass(this.#data, bytes, at);
      else at = this.#partSize > 0 ? this.#fill(bytes, at) : this.#direct(bytes, at);
    }
  }

  /** @returns where to go on */
  #pass(data: Passing, bytes: Uint8Array, at: number): number {
    if (data.channel === UNKNOWN) {
      data.channel = bytes[at] ?? UNKNOWN;
      data.left--;
      return at + 1;
    }
    if (data.left > 0) {
      const end = Math.min(at + data.left, bytes.length);
      data.left -= end - at;
      this.#sink.onData(data.stream, data.channel, bytes.subarray(at, end));
      return end;
    }
    if (bytes[at] !== 0) return this.#refuse('frame.invalid', bytes);
    this.#data = null;
    return at + TRAILER_SIZE;
  }

  /** A frame that lies whole in `bytes` goes on without a copy. @returns where to go on */
  #direct(bytes: Uint8Array, at: number): number {
    if (bytes.length - at < HEADER_SIZE) return this.#fill(bytes, at);
    const header = readHeader(bytes, at);
    if (typeof header === 'string') return this.#refuse(header, bytes);
    if (header.kind === DATA) return this.#enter(header, at + HEADER_SIZE);
    const end = at + HEADER_SIZE + header.size;
    if (end + TRAILER_SIZE > bytes.length) return this.#fill(bytes, at);
    if (bytes[end] !== 0) return this.#refuse('frame.invalid', bytes);
    this.#sink.onFrame(header, bytes.subarray(at + HEADER_SIZE, end));
    return end + TRAILER_SIZE;
  }

  #enter({ stream, size }: Header, at: number): number {
    this.#forget();
    this.#data = { stream, channel: UNKNOWN, left: size };
    return at;
  }

  /** Adds to the part what it still needs. @returns where to go on */
  #fill(bytes: Uint8Array, from: number): number {
    let at = from;
    if (this.#header === null) {
      at = this.#take(bytes, at, HEADER_SIZE);
      if (this.#partSize < HEADER_SIZE) return at;
      const header = readHeader(this.#part, 0);
      if (typeof header === 'string') return this.#refuse(header, bytes);
      if (header.kind === DATA) return this.#enter(header, at);
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
    this.#forget();
    this.#sink.onFault(fault);
    return bytes.length;
  }
}
