/** A small file of the image that is read at each use and seldom changes: one system call as long as it stays the same. */
import { type Stat, type Sys, SysError } from '@bhatti/runtime/sys.ts';

/** A file that changed so lately may change again without a trace: the kernel's time stamps have steps of 4 ms. */
const FRESH_MS = 50;

export class ParsedFile<T> {
  readonly #sys: Sys;
  readonly #path: string;
  readonly #sizeMax: number;
  readonly #parse: (text: string) => T;
  #known: { readonly stamp: string; readonly content: T } | null = null;

  constructor(sys: Sys, path: string, sizeMax: number, parse: (text: string) => T) {
    this.#sys = sys;
    this.#path = path;
    this.#sizeMax = sizeMax;
    this.#parse = parse;
  }

  /** What is in it now; a file that is missing or cannot be read is an empty one. */
  get(): T {
    const stat = this.#stat();
    const stamp = stat === null ? 'none' : `${stat.id} ${stat.size} ${stat.ctimeMs}`;
    if (this.#known?.stamp === stamp) return this.#known.content;
    const content = this.#parse(stat === null ? '' : this.#read());
    const fresh = stat !== null && Math.abs(this.#sys.realtimeMs() - stat.ctimeMs) < FRESH_MS;
    this.#known = fresh ? null : { stamp, content };
    return content;
  }

  #stat(): Stat | null {
    return this.#attempt(() => this.#sys.stat(this.#path), null);
  }

  #read(): string {
    return this.#attempt(() => this.#sys.decode(this.#sys.readFile(this.#path, this.#sizeMax)), '');
  }

  #attempt<V>(call: () => V, otherwise: V): V {
    try {
      return call();
    } catch (error) {
      if (error instanceof SysError) return otherwise;
      throw error;
    }
  }
}
