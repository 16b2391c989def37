/** A small file of the image that is read at each use and seldom changes: one system call as long as it stays the same. */
import { AT_FDCWD } from '@bhatti/runtime/linux/constants.ts';
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';

/** A file that changed so lately may change again without a trace: the kernel's time stamps have steps of 4 ms. */
const FRESH_MS = 50;

/** struct statx of linux/stat.h: what changes with every change of a file. */
const STATX_SIZE = 256;
const STATX_BASIC = 0x7ff;
const INODE = 32;
const SIZE = 40;
const CHANGE_SECONDS = 96;
const CHANGE_NANOSECONDS = 104;

export class ParsedFile<T> {
  readonly #sys: Sys;
  readonly #path: string;
  readonly #sizeMax: number;
  readonly #parse: (text: string) => T;
  readonly #statx = new Uint8Array(STATX_SIZE);
  #known: { readonly stamp: string; readonly content: T } | null = null;

  constructor(sys: Sys, path: string, sizeMax: number, parse: (text: string) => T) {
    this.#sys = sys;
    this.#path = path;
    this.#sizeMax = sizeMax;
    this.#parse = parse;
  }

  /** What is in it now; a file that is missing or cannot be read is an empty one. */
  get(): T {
    // Not sys.stat(), which would make and catch an error for each file that is not there.
    const there = this.#sys.attempt('statx', AT_FDCWD, this.#path, 0, STATX_BASIC, this.#statx) === 0;
    const stamp = there ? this.#stamp() : '';
    if (this.#known?.stamp === stamp) return this.#known.content;
    const content = this.#parse(there ? this.#read() : '');
    this.#known = there && this.#isFresh() ? null : { stamp, content };
    return content;
  }

  #stamp(): string {
    const at = new DataView(this.#statx.buffer);
    const word = (offset: number): number => at.getUint32(offset, true);
    return `${word(INODE)} ${word(SIZE)} ${word(CHANGE_SECONDS)} ${word(CHANGE_NANOSECONDS)}`;
  }

  #isFresh(): boolean {
    const at = new DataView(this.#statx.buffer);
    const changedMs = at.getUint32(CHANGE_SECONDS, true) * 1000 + at.getUint32(CHANGE_NANOSECONDS, true) / 1e6;
    return Math.abs(this.#sys.realtimeMs() - changedMs) < FRESH_MS;
  }

  #read(): string {
    try {
      return this.#sys.decode(this.#sys.readFile(this.#path, this.#sizeMax));
    } catch (error) {
      if (error instanceof SysError) return '';
      throw error;
    }
  }
}
