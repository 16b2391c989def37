/**
 * Descriptor -> channel of a stream. Reads only what the stream takes at once; without credit the descriptor is not watched.
 * While bytes come thick and fast it lets the writer run first: fewer and larger frames.
 */
import { F_SETPIPE_SZ } from '@bhatti/runtime/linux/constants.ts';
import { AGAIN, type Fd, SysError, type Watch } from '@bhatti/runtime/sys.ts';
import { DATA_HEAD_SIZE } from '@bhatti/wire/frame.ts';
import { DATA_SIZE_MAX } from '@bhatti/wire/limits.ts';
import { WRITABLE_LEAST_MAX } from '@bhatti/wire/stream.ts';
import type { AgentContext } from './context.ts';
import { type Target, WIDE_MAX, WIDE_PIPE_SIZE } from './flow.ts';
import type { OutputCopy } from './output-copy.ts';

/** Bytes one flow moves before others get their turn. */
const TURN_SIZE = 512 * 1024;
/** A flow is busy once it moved so much without a pause of more than BUSY_GAP_MS. */
const BUSY_SIZE = 128 * 1024;
const BUSY_GAP_MS = 5;

export class Outflow {
  readonly #context: AgentContext;
  readonly #fd: Fd;
  readonly #target: Target;
  readonly #onEnd: (error: SysError | null) => void;
  readonly #watch: Watch;
  /** Nothing comes from the descriptor any more. */
  atEnd = false;
  /** Bytes that may still be read; the flow ends after them. */
  #left: number = Number.POSITIVE_INFINITY;
  /** True: nobody writes any more, so an empty pipe is the end. */
  #last = false;
  #scheduled = false;
  #ended = false;
  #burst = 0;
  #burstAt = 0;
  #wide = false;
  readonly #copy: OutputCopy | null;
  /** Number of the next byte that is sent. */
  #sent: number;

  /**
   * `onEnd` is called once, at the end of the bytes or with the error that ended them; not after stop(). The descriptor
   * is closed then; with a copy it stays the caller's.
   */
  constructor(
    context: AgentContext,
    fd: Fd,
    target: Target,
    also: {
      /** What is read goes there first; bytes from number `sent` on that are there already are sent again. */
      copy?: OutputCopy;
      sent?: number;
      onEnd: (error: SysError | null) => void;
    },
  ) {
    this.#context = context;
    this.#fd = fd;
    this.#target = target;
    this.#onEnd = also.onEnd;
    this.#copy = also.copy ?? null;
    this.#sent = also.sent ?? 0;
    this.#watch = context.loop.watch(fd, 'in', () => this.#turn());
    if (this.#isBehind) this.#schedule();
  }

  #close(): void {
    if (this.#copy === null) this.#context.sys.close(this.#fd);
  }

  /** True while the copy holds what is not sent. */
  get #isBehind(): boolean {
    return this.#copy !== null && this.#sent < this.#copy.end;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The stream takes bytes again. */
  wake(): void {
    if (this.#ended) return;
    this.#watch.set('in');
    if (this.#last || this.#isBehind) this.#schedule();
  }

  /** Takes what the pipe still holds, `limit` bytes at most, and ends. */
  finish(limit: number): void {
    if (this.#ended) return;
    this.#last = true;
    this.#left = Math.min(this.#left, limit);
    this.#schedule();
  }

  /** Ends without onEnd. */
  stop(): void {
    if (this.#ended) return;
    this.#cease();
    this.#close();
  }

  #cease(): void {
    this.#ended = true;
    this.#watch.stop();
    if (this.#wide) this.#context.wide.count--;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#context.loop.after(0, () => {
      this.#scheduled = false;
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#burst > BUSY_SIZE) this.#letWriterRun();
    for (let turn = TURN_SIZE; turn > 0; ) {
      const size = this.#step();
      if (size === 0) return;
      turn -= size;
    }
    if (this.#last) this.#schedule();
  }

  /** Moves bytes once. @returns how many; 0 when there is nothing more to do for now */
  #step(): number {
    if (this.#ended) return 0;
    const { stream, channel } = this.#target;
    const least = Math.min(this.#left || 1, WRITABLE_LEAST_MAX);
    const writable = Math.min(stream.writable(channel, least), DATA_SIZE_MAX);
    if (this.#isBehind && writable > 0) return this.#sendAgain(writable);
    const room = Math.min(writable, this.#left);
    if (room === 0) {
      this.#watch.set('none');
      if (this.#left === 0 && !this.#isBehind) this.#end(null, false);
      return 0;
    }
    const size = this.#read(room);
    if (size <= 0) {
      if (size === 0) this.#end(null, true);
      else if (this.#last) this.#end(null, false);
      return 0;
    }
    this.#left -= size;
    this.#count(size);
    this.#send(size);
    // Less than was asked for: most likely empty, and epoll tells when it is not.
    return !this.#last && size < room ? 0 : size;
  }

  #sendAgain(room: number): number {
    const size = this.#copy?.read(this.#sent, this.#context.frame.subarray(DATA_HEAD_SIZE, DATA_HEAD_SIZE + room)) ?? 0;
    if (size === 0) this.#sent = this.#copy?.end ?? 0; // there was no memory for it
    this.#send(size);
    return size;
  }

  /** Sends what lies in the frame. */
  #send(size: number): void {
    const { stream, channel } = this.#target;
    stream.writeInPlace(channel, this.#context.frame, size);
    this.#sent += size;
  }

  /** A pipe wakes its reader at the first bytes; what comes until the writer has to wait goes into the same frame. */
  #letWriterRun(): void {
    const { sys, wide } = this.#context;
    if (!this.#wide && wide.count < WIDE_MAX) {
      this.#wide = true;
      wide.count++;
      sys.attempt('fcntl', this.#fd, F_SETPIPE_SZ, WIDE_PIPE_SIZE); // a terminal or a socket refuses, no matter
    }
    sys.attempt('sched_yield');
  }

  #count(size: number): void {
    const now = this.#context.sys.monotonicMs();
    this.#burst = now - this.#burstAt > BUSY_GAP_MS ? size : this.#burst + size;
    this.#burstAt = now;
  }

  #read(room: number): number {
    const { sys, frame } = this.#context;
    const into = frame.subarray(DATA_HEAD_SIZE, DATA_HEAD_SIZE + room);
    try {
      return this.#copy === null ? sys.read(this.#fd, into) : this.#copy.take(this.#fd, into);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#end(error, true);
      return AGAIN;
    }
  }

  #end(error: SysError | null, atEnd: boolean): void {
    if (this.#ended) return;
    this.#cease();
    this.atEnd = atEnd;
    this.#close();
    this.#onEnd(error);
  }
}
