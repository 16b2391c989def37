/** Which chunks of a file hold data, a bit each. */

/** Bytes; the host sums a saved memory in pieces of this. */
export const CHUNK_SIZE = 1024 * 1024;

export class ChunkMap {
  readonly #bits: Uint8Array;

  /** @param size of the file, in bytes */
  constructor(size: number) {
    this.#bits = new Uint8Array(Math.ceil(size / CHUNK_SIZE / 8));
  }

  /** Bytes from `start` to `end` hold data. */
  mark(start: number, end: number): void {
    for (let chunk = Math.floor(start / CHUNK_SIZE); chunk * CHUNK_SIZE < end; chunk += 1)
      this.#bits[chunk >> 3] = (this.#bits[chunk >> 3] ?? 0) | (1 << (chunk & 7));
  }

  /** Two hex digits for eight chunks, the first in the lowest bit. */
  hex(): string {
    return Array.from(this.#bits, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}
