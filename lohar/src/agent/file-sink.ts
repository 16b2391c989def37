/**
 * A new file that is written from its beginning to its end. Of a long one all but the first portion goes past the page
 * cache, in whole blocks: the kernel takes a third of the time for it. A file system that cannot, and whoever gets no
 * block, writes as usual and begins to write back before fsync asks for it.
 */
import { ERRNO } from '@bhatti/runtime/linux/constants.ts';
import { errnoName } from '@bhatti/runtime/linux/errno.ts';
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { type Blocks, setDirect } from './blocks.ts';

/** A file of no more is likely read soon: it stays in the page cache. What fsync then has to wait for is as much, too. */
const PORTION = 4 * 1024 * 1024;
// linux/fs.h
const SYNC_FILE_RANGE_WAIT_BEFORE = 1;
const SYNC_FILE_RANGE_WRITE = 2;

export class FileSink {
  readonly #sys: Sys;
  readonly #fd: Fd;
  readonly #blocks: Blocks;
  /** Bytes in the file; how many of them are on their way to the disk. */
  #size = 0;
  #begun = 0;
  /** What is to go past the page cache, and how much of it is filled; null: nothing is. */
  #block: Uint8Array | null = null;
  #filled = 0;

  /** @param fd of an empty file; it stays the caller's */
  constructor(sys: Sys, fd: Fd, blocks: Blocks) {
    this.#sys = sys;
    this.#fd = fd;
    this.#blocks = blocks;
  }

  /** @throws SysError */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      at += this.#block === null ? this.#writeUsual(bytes.subarray(at)) : this.#fill(this.#block, bytes.subarray(at));
    }
  }

  /** All of it is on the disk afterwards. @throws SysError */
  finish(): void {
    if (this.#block !== null) this.#leaveDirect(this.#block.subarray(0, this.#filled));
    this.#sys.fsync(this.#fd);
  }

  /** Lets the memory go; to be called in any case. */
  stop(): void {
    if (this.#block !== null) this.#blocks.giveBack();
    this.#block = null;
  }

  /** @returns bytes written: at most to the end of the portion */
  #writeUsual(bytes: Uint8Array): number {
    const part = bytes.subarray(0, PORTION - (this.#size % PORTION));
    this.#writeAll(part);
    if (this.#size % PORTION === 0) {
      this.#writeBack();
      this.#enterDirect();
    }
    return part.length;
  }

  #writeAll(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const written = this.#sys.writeMany(this.#fd, bytes.subarray(at));
      this.#size += written;
      at += written;
    }
  }

  /** Begins to write the latest portion, and waits for those before: two are under way at most. */
  #writeBack(): void {
    const before = this.#begun;
    this.#begun = this.#size;
    this.#syncRange(before, this.#size - before, SYNC_FILE_RANGE_WRITE);
    if (before > 0) this.#syncRange(0, before, SYNC_FILE_RANGE_WAIT_BEFORE);
  }

  /** An error that it finds is told once, here: fsync would not know of it any more. */
  #syncRange(offset: number, size: number, flags: number): void {
    const result = this.#sys.attempt('sync_file_range', this.#fd, offset, size, flags);
    if (result < 0) throw new SysError('write back', -result, errnoName(-result));
  }

  #enterDirect(): void {
    const block = this.#blocks.take();
    if (block === null) return;
    if (setDirect(this.#sys, this.#fd, true)) this.#block = block;
    else this.#blocks.giveBack();
  }

  /** @returns bytes taken */
  #fill(block: Uint8Array, bytes: Uint8Array): number {
    const part = bytes.subarray(0, block.length - this.#filled);
    block.set(part, this.#filled);
    this.#filled += part.length;
    if (this.#filled === block.length) this.#writeBlock(block);
    return part.length;
  }

  #writeBlock(block: Uint8Array): void {
    const from = this.#size;
    try {
      this.#writeAll(block);
      this.#filled = 0;
    } catch (error) {
      // A file system may take the flag and refuse the write.
      if (!(error instanceof SysError && error.errno === ERRNO.EINVAL)) throw error;
      this.#leaveDirect(block.subarray(this.#size - from));
    }
  }

  /** @param rest of the block: it goes the usual way */
  #leaveDirect(rest: Uint8Array): void {
    this.stop();
    this.#filled = 0;
    setDirect(this.#sys, this.#fd, false);
    this.#writeAll(rest);
  }
}
