/** What fuzzers of links put between two ends. */

/** Bytes from which on a transport says that it is full. */
export const QUEUE_FULL = 300_000;

/** Bytes under way in one direction. */
export class FuzzWire {
  #bytes: Uint8Array = new Uint8Array(0);

  get size(): number {
    return this.#bytes.length;
  }

  /** @returns false when it is full */
  put(bytes: Uint8Array): boolean {
    const all = new Uint8Array(this.size + bytes.length);
    all.set(this.#bytes);
    all.set(bytes, this.size);
    this.#bytes = all;
    return this.size < QUEUE_FULL;
  }

  take(max: number): Uint8Array {
    const taken = this.#bytes.slice(0, max);
    this.#bytes = this.#bytes.slice(max);
    return taken;
  }

  /** Loses all but the first `keep` bytes. */
  cut(keep: number): void {
    this.#bytes = this.#bytes.slice(0, keep);
  }
}

/** Byte `n` of what is sent on a stream: both sides know it, and it holds runs of BREAK_BYTE. */
export const patternByte = (stream: number, n: number): number =>
  (n >> 11) % 3 === 1 ? 0xba : (n * 7 + stream) & 0xff;
