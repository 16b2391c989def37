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
export function safePrefix(bytes: Uint8Array): number {
  let from = 0;
  for (let probe = BREAK_SIZE - 1; probe < bytes.length; probe += BREAK_SIZE) {
    if (bytes[probe] !== BREAK_BYTE) continue;
    const start = runStart(bytes, from, probe);
    const end = runEnd(bytes, probe);
    if (end - start >= BREAK_SIZE) return start + BREAK_SIZE - 1;
    from = end;
    probe = end;
  }
  return bytes.length;
}

export interface FoundBreak {
  /** Where the run begins in the bytes searched; 0 when it began before them. */
  readonly start: number;
  /** First byte after the run. */
  readonly end: number;
}

/** Finds BREAKs in a stream that comes in pieces of any size. */
export class BreakFinder {
  /** Length of the run at the end of what was searched so far. */
  #run = 0;

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
    for (let probe = at + BREAK_SIZE - 1; probe < bytes.length; probe += BREAK_SIZE) {
      if (bytes[probe] !== BREAK_BYTE) continue;
      const start = runStart(bytes, at, probe);
      const end = runEnd(bytes, probe);
      if (end < bytes.length && end - start >= BREAK_SIZE) return { start, end };
      at = end;
      probe = end;
    }
    this.#run = bytes.length - runStart(bytes, from, bytes.length);
    return null;
  }
}
