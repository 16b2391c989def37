/**
 * BREAK: how two sides that lost step find each other. A host that connects does not know what the guest has already
 * read: perhaps half a frame of a host that died, or of the machine this one was forked from. So it first sends
 * BREAK_SIZE times BREAK_BYTE, as a serial line sends a break. Senders cut DATA so that no frame holds such a run, and
 * every frame begins and ends with a zero byte, so a run that long is a BREAK and nothing else, wherever the reader is.
 *
 * A run of BREAK_SIZE bytes covers one place in every BREAK_SIZE: one look per BREAK_SIZE bytes finds them all.
 */
import { BREAK_BYTE, BREAK_SIZE } from './limits.ts';

/** The bytes of one BREAK. */
export const BREAK: Uint8Array = new Uint8Array(BREAK_SIZE).fill(BREAK_BYTE);

/** Eight of BREAK_BYTE as a number: a run is walked eight bytes a step, since a step is dear in an emulated guest. */
const EIGHT = new Float64Array(BREAK.slice(0, 8).buffer)[0];

/**
 * Looks at every step-th byte from index `from` on. @returns the first index where it is `byte`; -1 when there is none
 */
export type Probe = (bytes: Uint8Array, byte: number, from: number, step: number) => number;

export const probeInScript: Probe = (bytes, byte, from, step) => {
  for (let at = from; at < bytes.length; at += step) if (bytes[at] === byte) return at;
  return -1;
};

/** First index from `from` on that is not BREAK_BYTE; the length when there is none. */
function runEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] === BREAK_BYTE && (bytes.byteOffset + at) % 8 !== 0) at++;
  const eights = Math.floor((bytes.length - at) / 8);
  if (eights > 0 && bytes[at] === BREAK_BYTE) {
    const words = new Float64Array(bytes.buffer, bytes.byteOffset + at, eights);
    let word = 0;
    while (word < eights && words[word] === EIGHT) word++;
    at += 8 * word;
  }
  while (at < bytes.length && bytes[at] === BREAK_BYTE) at++;
  return at;
}

/** Start of the run that ends before `end`, not looking before `from`. */
function runStart(bytes: Uint8Array, from: number, end: number): number {
  let at = end;
  while (at > from && bytes[at - 1] === BREAK_BYTE) at--;
  return at;
}

/**
 * How many of these bytes may go into one frame: all of them, or as many as come before a run grows to a BREAK.
 * @returns at least 1 for a non-empty input
 */
export function safePrefix(bytes: Uint8Array, probe: Probe = probeInScript): number {
  for (let from = 0; ; ) {
    const at = probe(bytes, BREAK_BYTE, from + BREAK_SIZE - 1, BREAK_SIZE);
    if (at < 0) return bytes.length;
    const start = runStart(bytes, from, at);
    from = runEnd(bytes, at);
    if (from - start >= BREAK_SIZE) return start + BREAK_SIZE - 1;
  }
}

export interface FoundBreak {
  /** Where the run begins in the bytes searched; 0 when it began before them. */
  readonly start: number;
  /** First byte after the run. */
  readonly end: number;
}

/** Finds BREAKs in a stream that comes in pieces of any size. */
export class BreakFinder {
  readonly #probe: Probe;
  /** Length of the run at the end of what was searched so far. */
  #run = 0;

  constructor(probe: Probe = probeInScript) {
    this.#probe = probe;
  }

  /** How many of the last bytes searched may turn out to be of a BREAK that has not ended; some may have come before. */
  get run(): number {
    return this.#run;
  }

  /** The first BREAK that ends in `bytes` from `from` on; when null, all of `bytes` has been searched. */
  find(bytes: Uint8Array, from: number): FoundBreak | null {
    let at = from;
    if (this.#run > 0) {
      at = runEnd(bytes, from);
      this.#run += at - from;
      if (at === bytes.length) return null;
      const whole = this.#run >= BREAK_SIZE;
      this.#run = 0;
      if (whole) return { start: from, end: at };
    }
    for (;;) {
      const hit = this.#probe(bytes, BREAK_BYTE, at + BREAK_SIZE - 1, BREAK_SIZE);
      if (hit < 0) break;
      const start = runStart(bytes, at, hit);
      at = runEnd(bytes, hit);
      if (at < bytes.length && at - start >= BREAK_SIZE) return { start, end: at };
    }
    this.#run = bytes.length - runStart(bytes, from, bytes.length);
    return null;
  }
}
