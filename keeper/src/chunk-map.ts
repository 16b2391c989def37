/** Which parts of a file hold data, or are other, a bit each. */

/** Bytes; the host sums a saved memory in pieces of this. */
export const CHUNK_SIZE = 1024 * 1024;

export class ChunkMap {
  readonly #bits: Uint8Array;
  readonly #unit: number;

  /** @param size of the file, in bytes @param unit bytes that a bit stands for */
  constructor(size: number, unit: number = CHUNK_SIZE) {
    this.#unit = unit;
    this.#bits = new Uint8Array(Math.ceil(size / unit / 8));
  }

  /** Bytes from `start` to `end` are such. */
  mark(start: number, end: number): void {
    for (let chunk = Math.floor(start / this.#unit); chunk * this.#unit < end; chunk += 1)
      this.#bits[chunk >> 3] = (this.#bits[chunk >> 3] ?? 0) | (1 << (chunk & 7));
  }

  /** Two hex digits for eight chunks, the first in the lowest bit. */
  hex(): string {
    return Array.from(this.#bits, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}
