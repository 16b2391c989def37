/** Past the page cache (O_DIRECT): memory for it, which is there only while a long file is on its way, and the switch. */
import { F_GETFL, F_SETFL, O_DIRECT } from '@bhatti/runtime/linux/constants.ts';
import type { Fd, Sys } from '@bhatti/runtime/sys.ts';

/** dd writes 1.5 times as long in pieces of 256 KiB as of 1 MiB, and a file is read 1.2 times as long in blocks of 1 MiB as of these. */
export const BLOCK_SIZE: number = 2 * 1024 * 1024;
/** Place and size in the file are multiples of it, and so is the memory's address (open(2): of the logical block at least). */
export const ALIGNMENT = 4096;
/** Blocks at a time; whoever gets none does without. */
const BLOCKS_MAX = 4;

export class Blocks {
  readonly #sys: Sys;
  #count = 0;

  constructor(sys: Sys) {
    this.#sys = sys;
  }

  /** @returns BLOCK_SIZE bytes whose address is a multiple of ALIGNMENT; null when there are too many already */
  take(): Uint8Array | null {
    if (this.#count >= BLOCKS_MAX) return null;
    const bytes = new Uint8Array(BLOCK_SIZE + ALIGNMENT);
    const from = (ALIGNMENT - (this.#sys.addressOf(bytes) % ALIGNMENT)) % ALIGNMENT;
    this.#count++;
    return bytes.subarray(from, from + BLOCK_SIZE);
  }

  /** Its taker keeps it no longer. */
  giveBack(): void {
    this.#count--;
  }
}

/** @returns false when the file system cannot */
export function setDirect(sys: Sys, fd: Fd, on: boolean): boolean {
  const flags = sys.attempt('fcntl', fd, F_GETFL, 0);
  return sys.attempt('fcntl', fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) >= 0;
}
