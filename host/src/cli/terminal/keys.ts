/**
 * Keys as they are typed, up to the one that leaves. They are taken from the terminal at once, so that it is heard also
 * while nobody reads the others.
 *
 *   typing --detach key--> left; --the input ends--> over
 */
import type { Readable } from 'node:stream';

/** Ctrl+\ : leaves the session running. */
const DETACH_KEY = 0x1c;
/** So many may wait for their reader; then the terminal holds the next ones. */
const KEPT_SIZE_MAX = 64 * 1024;

export class Keys implements AsyncIterable<Uint8Array> {
  readonly #source: Readable;
  readonly #onLeft: () => void;
  #kept: Buffer[] = [];
  #keptSize = 0;
  #over = false;
  #left = false;
  #wake = (): void => {};

  /** @param onLeft called at the detach key */
  constructor(source: Readable, onLeft: () => void) {
    this.#source = source;
    this.#onLeft = onLeft;
    const end = (): void => {
      this.#over = true;
      this.#wake();
    };
    source.once('end', end).once('error', end);
    source.on('data', (bytes: Buffer) => this.#take(bytes));
  }

  /** True once the detach key was pressed. */
  get left(): boolean {
    return this.#left;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = this.#kept.shift();
      if (bytes !== undefined) {
        this.#keptSize -= bytes.length;
        if (this.#keptSize < KEPT_SIZE_MAX) this.#source.resume();
        yield bytes;
      } else if (this.#over) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  #take(bytes: Buffer): void {
    if (this.#left) return;
    const at = bytes.indexOf(DETACH_KEY);
    const keys = at < 0 ? bytes : bytes.subarray(0, at);
    if (keys.length > 0) this.#kept.push(keys);
    this.#keptSize += keys.length;
    if (this.#keptSize >= KEPT_SIZE_MAX) this.#source.pause();
    if (at >= 0) {
      this.#left = true;
      this.#over = true;
      this.#onLeft();
    }
    this.#wake();
  }
}
