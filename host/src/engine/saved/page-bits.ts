/** Which pages of a memory are kept, a bit each, and where each of them lies when they stand one behind the other. */
import { CHUNK_SIZE } from '@bhatti/keeper/chunk-map.ts';

export const PAGE_SIZE = 4096;
const PAGES_PER_CHUNK = CHUNK_SIZE / PAGE_SIZE;
const BYTES_PER_CHUNK = PAGES_PER_CHUNK / 8;

/** Bits that are set in a byte. */
const COUNTS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** Offsets within a chunk of the pages that differ. */
export function differingPages(now: Buffer, before: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = 0; at < now.length; at += PAGE_SIZE)
    if (now.compare(before, at, at + PAGE_SIZE, at, at + PAGE_SIZE) !== 0) offsets.push(at);
  return offsets;
}

export class PageBits {
  readonly #bits: Uint8Array;
  /** Of each chunk, how many pages come before it. */
  #before: Uint32Array | null = null;

  private constructor(bits: Uint8Array) {
    this.#bits = bits;
  }

  /** @param size of the memory, in bytes */
  static of(size: number): PageBits {
    return new PageBits(new Uint8Array(Math.ceil(size / CHUNK_SIZE) * BYTES_PER_CHUNK));
  }

  /** @param hex two digits for eight pages, the first in the lowest bit */
  static from(hex: string): PageBits {
    return new PageBits(Buffer.from(hex, 'hex'));
  }

  hex(): string {
    return Buffer.from(this.#bits).toString('hex');
  }

  /** @param at offset of the page in the memory */
  add(at: number): void {
    const page = at / PAGE_SIZE;
    this.#bits[page >> 3] = (this.#bits[page >> 3] ?? 0) | (1 << (page & 7));
    this.#before = null;
  }

  get count(): number {
    return this.#bits.reduce((sum, byte) => sum + (COUNTS[byte] ?? 0), 0);
  }

  /** The pages of a chunk: their offsets within it, and how many come before the first. @param at its offset in the memory */
  inChunk(at: number): { readonly offsets: readonly number[]; readonly before: number } {
    const chunk = at / CHUNK_SIZE;
    const offsets: number[] = [];
    for (let page = 0; page < PAGES_PER_CHUNK; page++)
      if (((this.#bits[chunk * BYTES_PER_CHUNK + (page >> 3)] ?? 0) & (1 << (page & 7))) !== 0)
        offsets.push(page * PAGE_SIZE);
    this.#before ??= this.#countBefore();
    return { offsets, before: this.#before[chunk] ?? 0 };
  }

  #countBefore(): Uint32Array {
    const before = new Uint32Array(this.#bits.length / BYTES_PER_CHUNK);
    let sum = 0;
    for (let at = 0; at < this.#bits.length; at++) {
      if (at % BYTES_PER_CHUNK === 0) before[at / BYTES_PER_CHUNK] = sum;
      sum += COUNTS[this.#bits[at] ?? 0] ?? 0;
    }
    return before;
  }
}
