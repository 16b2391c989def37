/**
 * Bytes of a stream into lines. What is not ended by a line feed waits, up to LINE_MAX bytes; then it is a line all the
 * same (journald.conf(5) LineMax=), never cut inside a UTF-8 sequence. Pure, but for the buffer it keeps.
 */
/** As journald: 48 KiB. */
export const LINE_MAX = 48 * 1024;
const LINE_FEED = 0x0a;
const NOTHING = new Uint8Array(0);

/** Why a line ended other than by a line feed; journald's words for _LINE_BREAK=. */
export type LineBreak = 'nul' | 'line-max' | 'eof' | 'pid-change';

export interface Line {
  readonly text: string;
  readonly break?: LineBreak;
}

/** Where to cut a line that is too long: before a UTF-8 sequence that would not be whole. */
function cutAt(bytes: Uint8Array, at: number): number {
  for (let back = 0; back < 4; back++) if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back;
  return at;
}

function splitNul(text: string, also?: LineBreak): Line[] {
  const parts = text.split('\0');
  const last = parts.pop() ?? '';
  const lines: Line[] = parts.map((part) => ({ text: part, break: 'nul' }));
  lines.push(also === undefined ? { text: last } : { text: last, break: also });
  return lines;
}

/** Bytes to text and nothing lost: Sys.decode, which is native, or decodeBytes of text.ts. */
export type Decode = (bytes: Uint8Array) => string;

export class LineAssembler {
  readonly #decode: Decode;
  #pending: Uint8Array;

  /** @param pending what an earlier assembler of this stream held back */
  constructor(decode: Decode, pending: Uint8Array = NOTHING) {
    this.#decode = decode;
    this.#pending = pending;
  }

  /** Bytes that no line feed has ended yet. */
  get pending(): Uint8Array {
    return this.#pending;
  }

  /** Lines that the bytes complete. `bytes` may be reused by the caller afterwards. */
  push(bytes: Uint8Array): Line[] {
    const whole = this.#join(bytes);
    const end = whole.lastIndexOf(LINE_FEED) + 1;
    const lines = end > 0 ? this.#split(whole.subarray(0, end - 1)) : [];
    let rest = whole.subarray(end);
    while (rest.length > LINE_MAX) {
      const cut = cutAt(rest, LINE_MAX);
      lines.push(...splitNul(this.#decode(rest.subarray(0, cut)), 'line-max'));
      rest = rest.subarray(cut);
    }
    this.#pending = rest.length > 0 ? rest.slice() : NOTHING;
    return lines;
  }

  /** What waits becomes a line: the stream has ended, or another process writes to it now. */
  flush(why: LineBreak): Line[] {
    const rest = this.#pending;
    this.#pending = NOTHING;
    return rest.length > 0 ? splitNul(this.#decode(rest), why) : [];
  }

  #join(bytes: Uint8Array): Uint8Array {
    if (this.#pending.length === 0) return bytes;
    const whole = new Uint8Array(this.#pending.length + bytes.length);
    whole.set(this.#pending);
    whole.set(bytes, this.#pending.length);
    return whole;
  }

  /** Lines of bytes whose last line feed was cut off. The engine splits, no loop over characters runs here. */
  #split(bytes: Uint8Array): Line[] {
    const text = this.#decode(bytes);
    const plain = bytes.length <= LINE_MAX && !text.includes('\0');
    if (plain) return text.split('\n').map((line) => ({ text: line }));
    const lines: Line[] = [];
    let at = 0;
    while (at <= bytes.length) {
      const feed = bytes.indexOf(LINE_FEED, at);
      let rest = bytes.subarray(at, feed < 0 ? bytes.length : feed);
      at += rest.length + 1;
      while (rest.length > LINE_MAX) {
        const cut = cutAt(rest, LINE_MAX);
        lines.push(...splitNul(this.#decode(rest.subarray(0, cut)), 'line-max'));
        rest = rest.subarray(cut);
      }
      lines.push(...splitNul(this.#decode(rest)));
    }
    return lines;
  }
}
