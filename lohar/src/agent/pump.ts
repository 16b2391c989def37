/**
 * Bytes between a descriptor and a channel of a stream, never more in memory than the credit allows.
 *
 *   Outflow: descriptor -> stream. Reads only what the stream takes at once; no credit: the descriptor is not watched.
 *            While bytes come thick and fast it lets the writer run first: fewer and larger frames.
 *   Inflow:  stream -> descriptor. Gives credit back when the bytes are written, so that a window at most is kept; the
 *            window is widened when its reader has proved to read.
 */
import { F_SETPIPE_SZ } from '@bhatti/runtime/linux/constants.ts';
import { AGAIN, type Fd, SysError, type Watch } from '@bhatti/runtime/sys.ts';
import { DATA_HEAD_SIZE } from '@bhatti/wire/frame.ts';
import { DATA_SIZE_MAX } from '@bhatti/wire/limits.ts';
import type { Channel } from '@bhatti/wire/messages.ts';
import { WRITABLE_LEAST_MAX, WRITABLE_TO_HOST_LEAST_MAX } from '@bhatti/wire/stream.ts';
import type { AgentContext, GuestStream } from './context.ts';
import type { OutputCopy } from './output-copy.ts';

/** Bytes one pump moves before others get their turn. */
const TURN_SIZE = 512 * 1024;

/** A flow is busy once it moved so much without a pause of more than BUSY_GAP_MS. */
const BUSY_SIZE = 128 * 1024;
const BUSY_GAP_MS = 5;
/** Input that was read so far without a wide window ... */
const PROOF_SIZE = 128 * 1024;
/** ... and how many may have one, or a wide pipe, at a time: both cost memory. */
const WIDE_MAX = 16;
const WIDE_PIPE_SIZE = 256 * 1024;

/** Regular files are always ready, and epoll refuses them. */
export type FdKind = 'pollable' | 'file';

export interface Target {
  readonly stream: GuestStream;
  readonly channel: Channel;
}

export class Outflow {
  readonly #context: AgentContext;
  readonly #fd: Fd;
  readonly #target: Target;
  readonly #onEnd: (error: SysError | null) => void;
  readonly #watch: Watch | null;
  /** Nothing comes from the descriptor any more. */
  atEnd = false;
  /** Bytes that may still be read; the flow ends after them. */
  #left: number;
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
      kind: FdKind;
      /** What is read goes there first; bytes from number `sent` on that are there already are sent again. */
      copy?: OutputCopy;
      sent?: number;
      /** Bytes after which it ends. */
      limit?: number;
      onEnd: (error: SysError | null) => void;
    },
  ) {
    this.#context = context;
    this.#fd = fd;
    this.#target = target;
    this.#onEnd = also.onEnd;
    this.#copy = also.copy ?? null;
    this.#sent = also.sent ?? 0;
    this.#left = also.limit ?? Number.POSITIVE_INFINITY;
    this.#watch = also.kind === 'pollable' ? context.loop.watch(fd, 'in', () => this.#turn()) : null;
    if (also.kind === 'file' || this.#isBehind) this.#schedule();
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
    if (this.#watch) this.#watch.set('in');
    else if (!this.#scheduled) this.#turn();
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
    this.#watch?.stop();
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
    if (this.#watch && this.#burst > BUSY_SIZE) this.#letWriterRun();
    for (let turn = TURN_SIZE; turn > 0; ) {
      const size = this.#step();
      if (size === 0) return;
      turn -= size;
    }
    if (!this.#watch || this.#last) this.#schedule();
  }

  /** Moves bytes once. @returns how many; 0 when there is nothing more to do for now */
  #step(): number {
    if (this.#ended) return 0;
    const { stream, channel } = this.#target;
    // A file fills whatever frame it gets.
    const least = this.#watch === null ? WRITABLE_TO_HOST_LEAST_MAX : WRITABLE_LEAST_MAX;
    const writable = Math.min(stream.writable(channel, Math.min(this.#left || 1, least)), DATA_SIZE_MAX);
    if (this.#isBehind && writable > 0) return this.#sendAgain(writable);
    const room = Math.min(writable, this.#left);
    if (room === 0) {
      this.#watch?.set('none');
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
    if (this.#watch) this.#count(size);
    this.#send(size);
    // Less than was asked for: most likely empty, and epoll tells when it is not.
    return this.#watch && !this.#last && size < room ? 0 : size;
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

export class Inflow {
  readonly #context: AgentContext;
  readonly #fd: Fd;
  readonly #target: Target;
  readonly #onDone: (error: SysError | null) => void;
  readonly #copy: OutputCopy | null;
  /** Bytes of the stream so far that are done with. */
  #taken = 0;
  readonly #watch: Watch | null;
  #pending: Uint8Array[] = [];
  #finishing = false;
  #done = false;
  #written = 0;
  #wide = false;

  /**
   * `onDone` is called once, when all bytes before finish() are written or with the error that ended it; not after
   * stop(). The descriptor stays the caller's: a terminal and a socket live on when their input has ended.
   */
  constructor(
    context: AgentContext,
    fd: Fd,
    target: Target,
    also: {
      kind: FdKind;
      onDone: (error: SysError | null) => void;
      /** Counts what is written, or dropped. */
      copy?: OutputCopy;
    },
  ) {
    this.#copy = also.copy ?? null;
    this.#taken = this.#copy?.given ?? 0;
    this.#context = context;
    this.#fd = fd;
    this.#target = target;
    this.#onDone = also.onDone;
    this.#watch = also.kind === 'pollable' ? context.loop.watch(fd, 'none', () => this.#flush()) : null;
  }

  /** Bytes of the stream; after an error they are dropped, so that the sender never hangs. */
  take(bytes: Uint8Array): void {
    let at = 0;
    if (!this.#done && this.#pending.length === 0) {
      const written = this.#write(bytes);
      if (written !== null) at = written;
    }
    const kept = this.#done ? 0 : bytes.length - at;
    if (kept > 0) {
      this.#pending.push(bytes.slice(at));
      this.#watch?.set('out');
    }
    this.#consumed(bytes.length - kept);
  }

  /** The stream has ended. */
  finish(): void {
    this.#finishing = true;
    if (this.#pending.length === 0) this.#end(null);
  }

  /** Ends without onDone. */
  stop(): void {
    if (this.#done) return;
    this.#done = true;
    this.#pending = [];
    this.#watch?.stop();
    if (this.#wide) this.#context.wide.count--;
  }

  #flush(): void {
    for (let first = this.#pending[0]; first && !this.#done; first = this.#pending[0]) {
      const written = this.#write(first);
      if (written === null) return;
      this.#consumed(written);
      if (written < first.length) {
        this.#pending[0] = first.subarray(written);
        return;
      }
      this.#pending.shift();
    }
    if (this.#done) return;
    this.#watch?.set('none');
    if (this.#finishing) this.#end(null);
  }

  /** @returns bytes written; null when that failed, which ends it */
  #write(bytes: Uint8Array): number | null {
    try {
      const written = this.#copy?.give(this.#fd, bytes) ?? this.#context.sys.writeMany(this.#fd, bytes);
      return written === AGAIN ? 0 : written;
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#consumed(this.#pending.reduce((size, part) => size + part.length, 0));
      this.#end(error);
      return null;
    }
  }

  #consumed(size: number): void {
    const { stream, channel } = this.#target;
    if (size === 0) return;
    this.#taken += size;
    if (this.#copy !== null && this.#copy.given < this.#taken) this.#copy.setGiven(this.#taken); // dropped
    stream.consumed(channel, size);
    this.#written += size;
    if (this.#wide || this.#written < PROOF_SIZE || this.#done || this.#context.wide.count >= WIDE_MAX) return;
    this.#wide = true;
    this.#context.wide.count++;
    this.#context.sys.attempt('fcntl', this.#fd, F_SETPIPE_SZ, WIDE_PIPE_SIZE);
    stream.widen(channel);
  }

  #end(error: SysError | null): void {
    if (this.#done) return;
    this.stop();
    this.#onDone(error);
  }
}
