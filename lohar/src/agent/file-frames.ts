/**
 * Content of a file in memory as it lies in frames of DATA: read with one call, sent without a copy.
 *
 * A block holds eight, an eighth each: some room that ends with the frame's head, whole pages, the trailer. Past the page
 * cache the pages lie at a multiple of half a KiB, which is all that virtio-blk wants of memory.
 */
import { ERRNO } from '@bhatti/runtime/linux/constants.ts';
import type { Fd, Sys } from '@bhatti/runtime/sys.ts';
import { DATA_HEAD_SIZE } from '@bhatti/wire/frame.ts';
import { TRAILER_SIZE } from '@bhatti/wire/limits.ts';
import { STDOUT } from '@bhatti/wire/messages.ts';
import { ALIGNMENT, BLOCK_SIZE } from './blocks.ts';
import type { AgentContext, GuestStream } from './context.ts';
import type { ReadAhead } from './read-ahead.ts';

const SLOTS = 8;
const STRIDE: number = BLOCK_SIZE / SLOTS;
const ROOM = 2048;
/** Bytes of the file in a full frame; at most DATA_SIZE_MAX. */
export const CONTENT_SIZE: number = STRIDE - ALIGNMENT;
const FRAME_SIZE: number = DATA_HEAD_SIZE + CONTENT_SIZE + TRAILER_SIZE;
/** struct iovec */
const VECTOR_SIZE = 16;
// linux/fs.h
const RWF_NOWAIT = 8;

export class FileFrames {
  readonly #sys: Sys;
  readonly #stream: GuestStream;
  /** From the head of the first frame on. */
  readonly #bytes: Uint8Array;
  readonly #iovec: Uint8Array;
  readonly #vectors: DataView;
  /** Bytes that the vectors stand for. */
  #aimed = 0;
  /** Else it is the memory of one frame: others fill in heads of their own between two callbacks. */
  readonly isBlock: boolean;
  /** Bytes of the file that are read at most. */
  readonly capacity: number;
  /** Those that were read and not sent, from this slot on. */
  #held = 0;
  #slot = 0;

  /** @param memory a block; else of one frame, and nothing may be held when the callback ends */
  constructor(sys: Sys, stream: GuestStream, memory: Uint8Array) {
    this.isBlock = memory.length === BLOCK_SIZE;
    const slots = this.isBlock ? SLOTS : 1;
    this.#sys = sys;
    this.#stream = stream;
    this.#bytes = this.isBlock ? memory.subarray(ROOM - DATA_HEAD_SIZE) : memory;
    this.capacity = slots * CONTENT_SIZE;
    this.#iovec = new Uint8Array(slots * VECTOR_SIZE);
    this.#vectors = new DataView(this.#iovec.buffer);
    const address = sys.addressOf(this.#bytes) + DATA_HEAD_SIZE;
    for (let slot = 0; slot < slots; slot++) {
      this.#vectors.setBigUint64(slot * VECTOR_SIZE, BigInt(address + slot * STRIDE), true);
      this.#wrap(slot);
    }
  }

  #wrap(slot: number): void {
    this.#stream.wrap(STDOUT, this.#bytes.subarray(slot * STRIDE), CONTENT_SIZE);
  }

  get held(): number {
    return this.#held;
  }

  /** From where the file stands, only when nothing is held. @returns bytes, 0 at the end of the file, or -errno */
  read(fd: Fd, size: number): number {
    return this.#fill(this.#sys.attempt('readv', fd, this.#iovec, this.#aim(size)));
  }

  /** Bytes from `at` on; as read(). */
  readAt(fd: Fd, size: number, at: number): number {
    return this.#fill(this.#sys.attempt('preadv', fd, this.#iovec, this.#aim(size), at, 0));
  }

  /** Begins to read them, if the kernel takes it; only when nothing is held. */
  begin(ahead: ReadAhead, fd: Fd, size: number, at: number): void {
    ahead.begin(fd, this.#iovec, this.#aim(size), at);
  }

  /** Waits for what was begun; as read(). */
  finish(ahead: ReadAhead): number {
    return this.#fill(ahead.finish());
  }

  #fill(read: number): number {
    this.#held = Math.max(0, read);
    this.#slot = 0;
    return read;
  }

  /** False when byte `at` would have to come from the disk. */
  isCached(fd: Fd, at: number): boolean {
    return this.#sys.attempt('preadv2', fd, this.#iovec, this.#aim(1), at, 0, RWF_NOWAIT) !== -ERRNO.EAGAIN;
  }

  /** @returns slots that `size` bytes fill */
  #aim(size: number): number {
    const count = Math.ceil(size / CONTENT_SIZE);
    if (size === this.#aimed) return count;
    this.#aimed = size;
    for (let slot = 0; slot < count; slot++) {
      const part = Math.min(CONTENT_SIZE, size - slot * CONTENT_SIZE);
      this.#vectors.setUint32(slot * VECTOR_SIZE + 8, part, true);
    }
    return count;
  }

  /** Sends of what is held at least a frame, at most `room` bytes. @returns bytes of the file */
  send(context: AgentContext, room: number): number {
    const frames = this.#bytes.subarray(this.#slot * STRIDE);
    const full = Math.floor(Math.min(this.#held, room) / CONTENT_SIZE);
    if (!this.isBlock) this.#wrap(0);
    const sent = this.#stream.writeFrames(STDOUT, CONTENT_SIZE, () =>
      context.sendFrames(frames, full, STRIDE, FRAME_SIZE),
    );
    if (sent > 0) return this.#drop(sent, sent * CONTENT_SIZE);
    // The last of the file, one that holds a BREAK, or one that the host does not take now.
    const size = Math.min(this.#held, CONTENT_SIZE);
    this.#stream.writeInPlace(STDOUT, frames, size);
    this.#wrap(this.#slot); // its head may say less now
    return this.#drop(1, size);
  }

  #drop(slots: number, size: number): number {
    this.#slot += slots;
    this.#held -= size;
    return size;
  }
}
