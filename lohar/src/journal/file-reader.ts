/**
 * Reads a journal file from any place in either direction, a window at a time, so that the last lines of a file of 1 GiB
 * cost as much as those of a small one. The writer says each context again at least every CONTEXT_EVERY bytes, so what a
 * line refers to is never far above it.
 */
import { CONTEXT_EVERY } from './compose.ts';
import { Context, Entry } from './entry.ts';
import { parseRecord } from './record.ts';

/** Something with bytes at offsets: an open file. */
export interface Source {
  readonly size: number;
  /** @returns bytes read, 0 at the end */
  read(into: Uint8Array, offset: number): number;
}

/** First window; doubled up to WINDOW_MAX while reading on, or when one line does not fit. */
const WINDOW_MIN = 16 * 1024;
const WINDOW_MAX = 256 * 1024;
/** Longest line that is read; longer ones are passed over (a native message has at most 13 MiB). */
const LINE_SIZE_MAX = 32 * 1024 * 1024;
/** Answers of `contextAbove` that are kept. */
const ABOVE_MAX = 512;
const LINE_FEED = 0x0a;
const LOST = new Context('');

const decoder = new TextDecoder();

/** Lines of a stretch of the file that begins and ends at a line's border. */
interface Window {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
  /** Indexes of context lines. */
  readonly contexts: readonly number[];
}

export class FileReader {
  readonly #source: Source;
  /** Contexts by their line's text: the same object for every line that refers to it. */
  readonly #contexts = new Map<string, Context>();
  readonly #above = new Map<string, Context>();

  constructor(source: Source) {
    this.#source = source;
  }

  get size(): number {
    return this.#source.size;
  }

  /** Where the last whole line ends. */
  get end(): number {
    return this.#lineEndBefore(this.size);
  }

  /** Entries from the offset upwards to the start, last first. */
  *backward(from: number = this.size): Generator<Entry> {
    let end = this.#lineEndBefore(from);
    let size = WINDOW_MIN;
    while (end > 0) {
      const window = this.#windowBefore(end, size);
      for (let i = window.lines.length - 1; i >= 0; i--) {
        const entry = this.#entry(window, i);
        if (entry !== null) yield entry;
      }
      end = window.start;
      size = Math.min(size * 2, WINDOW_MAX);
    }
  }

  /** Entries from the first line that begins at or after the offset. */
  *forward(from = 0): Generator<Entry> {
    for (const window of this.#windows(from)) {
      for (let i = 0; i < window.lines.length; i++) {
        const entry = this.#entry(window, i);
        if (entry !== null) yield entry;
      }
    }
  }

  /** Lines that are neither message nor context: torn by a crash, or not ours. */
  badLines(): number {
    let bad = 0;
    for (const window of this.#windows(0))
      for (const line of window.lines) if (line !== '' && !line.startsWith('#') && parseRecord(line) === null) bad++;
    return bad + (this.end < this.size ? 1 : 0);
  }

  /**
   * Offset of the first line for which `isAfter` holds, given that it holds for every later one, by halving.
   * The file's size when there is none.
   */
  bisect(isAfter: (entry: Entry) => boolean): number {
    let low = 0;
    let high = this.size;
    while (high - low > WINDOW_MIN) {
      const middle = Math.floor((low + high) / 2);
      const first = this.#firstFrom(middle, high);
      if (first === null || isAfter(first.entry)) high = middle;
      else low = first.end;
    }
    for (const window of this.#windows(low)) {
      let at = window.start;
      for (let i = 0; i < window.lines.length; i++) {
        const entry = this.#entry(window, i);
        if (entry !== null && isAfter(entry)) return at;
        at += encodedLength(window.lines[i] ?? '') + 1;
      }
    }
    return this.size;
  }

  #firstFrom(offset: number, limit: number): { entry: Entry; end: number } | null {
    for (const window of this.#windows(offset)) {
      if (window.start >= limit) return null;
      let at = window.start;
      for (let i = 0; i < window.lines.length; i++) {
        at += encodedLength(window.lines[i] ?? '') + 1;
        const entry = this.#entry(window, i);
        if (entry !== null) return { entry, end: at };
      }
    }
    return null;
  }

  #entry(window: Window, index: number): Entry | null {
    const line = window.lines[index] ?? '';
    if (line.charCodeAt(0) === 35) return null;
    const record = parseRecord(line);
    return record === null ? null : new Entry(record, this.#context(window, index, record.contextId));
  }

  #context(window: Window, index: number, id: string): Context {
    const start = `#${id}\t`;
    for (let i = window.contexts.length - 1; i >= 0; i--) {
      const at = window.contexts[i] ?? 0;
      const line = window.lines[at] ?? '';
      if (at < index && line.startsWith(start)) return this.#remember(line);
    }
    return this.#contextAbove(window.start, start);
  }

  /** The last mention above an offset; asked for again by each line of a window, so the answer is kept. */
  #contextAbove(offset: number, start: string): Context {
    const question = `${offset}${start}`;
    const known = this.#above.get(question);
    if (known !== undefined) return known;
    if (this.#above.size >= ABOVE_MAX) this.#above.clear();
    let found = LOST;
    for (let end = offset; end > 0 && offset - end < LINE_SIZE_MAX && found === LOST; ) {
      const begin = Math.max(0, end - CONTEXT_EVERY);
      // A mention that straddles the border is found in the next stretch, which ends behind this one's first line.
      const text = `${begin === 0 ? '\n' : ''}${decoder.decode(this.#bytes(begin, end))}`;
      const at = text.lastIndexOf(`\n${start}`);
      const lineEnd = text.indexOf('\n', at + 1);
      if (at >= 0 && lineEnd > 0) found = this.#remember(text.slice(at + 1, lineEnd));
      end = begin === 0 ? 0 : Math.min(end - 1, begin + encodedLength(text.slice(0, text.indexOf('\n') + 1)));
    }
    this.#above.set(question, found);
    return found;
  }

  #remember(line: string): Context {
    let context = this.#contexts.get(line);
    if (context === undefined) {
      context = new Context(line);
      this.#contexts.set(line, context);
    }
    return context;
  }

  /** Offset after the last line feed before `offset`: a line that is being written is not read. */
  #lineEndBefore(offset: number): number {
    let end = Math.min(offset, this.size);
    while (end > 0) {
      const start = Math.max(0, end - 4096);
      const at = this.#bytes(start, end).lastIndexOf(LINE_FEED);
      if (at >= 0) return start + at + 1;
      end = start;
    }
    return 0;
  }

  /** About `size` bytes of whole lines that end at `end`, which must be a line's end. */
  #windowBefore(end: number, size: number): Window {
    for (let length = size; ; length *= 2) {
      const start = Math.max(0, end - length);
      const bytes = this.#bytes(start, end);
      // A window may begin in the middle of a line: its first line feed ends that one.
      const skip = start === 0 ? 0 : bytes.indexOf(LINE_FEED) + 1;
      if (skip < bytes.length || start === 0) return makeWindow(start + skip, end, bytes.subarray(skip));
      if (length > LINE_SIZE_MAX) return makeWindow(start, end, bytes.subarray(0, 0));
    }
  }

  /** Windows from the first line that begins at or after `from`, to the last whole line. */
  *#windows(from: number): Generator<Window> {
    let start = from <= 0 ? 0 : this.#lineStartFrom(from);
    let size = WINDOW_MIN;
    while (start < this.size) {
      const bytes = this.#bytes(start, Math.min(this.size, start + size));
      const end = bytes.lastIndexOf(LINE_FEED) + 1;
      if (end > 0) {
        yield makeWindow(start, start + end, bytes.subarray(0, end));
        start += end;
        size = Math.min(Math.max(size, WINDOW_MIN) * 2, WINDOW_MAX);
      } else if (start + size >= this.size) return;
      else if (size > LINE_SIZE_MAX) start = this.#lineStartFrom(start + size);
      else size *= 2;
    }
  }

  #lineStartFrom(from: number): number {
    for (let at = from - 1; at < this.size; at += 4096) {
      const found = this.#bytes(at, Math.min(this.size, at + 4096)).indexOf(LINE_FEED);
      if (found >= 0) return at + found + 1;
    }
    return this.size;
  }

  #bytes(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    let length = 0;
    while (length < bytes.length) {
      const got = this.#source.read(bytes.subarray(length), start + length);
      if (got <= 0) break;
      length += got;
    }
    return length === bytes.length ? bytes : bytes.subarray(0, length);
  }
}

function makeWindow(start: number, end: number, bytes: Uint8Array): Window {
  const lines = decoder.decode(bytes).split('\n');
  lines.pop();
  const contexts: number[] = [];
  for (let i = 0; i < lines.length; i++) if (lines[i]?.charCodeAt(0) === 35) contexts.push(i);
  return { start, end, lines, contexts };
}

const encoder = new TextEncoder();
function encodedLength(line: string): number {
  return encoder.encode(line).length;
}
