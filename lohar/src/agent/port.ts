/**
 * The host's end of the line: a virtio-serial port (or a unix socket), non-blocking both ways.
 *
 * While bytes come thick and fast, the port is not watched but read once in BATCH_MS: it gives a wakeup for each page.
 *
 * A port without a host hangs up for ever, so it is watched for changes only: then everything is read, and what is
 * queued is written. read() gives 0 while no host is there and bytes again when one has come (drivers/char/virtio_console.c).
 */
import { AGAIN, type Fd, type Loop, type Sys, SysError, type Watch } from '@bhatti/runtime/sys.ts';
import { BREAK_BYTE, BREAK_SIZE } from '@bhatti/wire/limits.ts';

/** What is read before it is delivered: a whole frame of DATA goes on without a copy. */
const READ_SIZE = 256 * 1024;
/** The line is busy once so much came without a pause of BUSY_GAP_MS; it is again quiet when nothing comes in BATCH_MS. */
const BUSY_SIZE = 64 * 1024;
const BUSY_GAP_MS = 3;
const BATCH_MS = 2;
/** Bytes that are read before other descriptors get their turn. */
const TURN_SIZE = 1024 * 1024;
/** A shorter piece is the last of a turn. */
const AGAIN_SIZE = 32 * 1024;
/** Shorter pieces wait for the end of the callback and leave together: each write wakes the host's QEMU. */
const SMALL_SIZE = 4 * 1024;
const JOINED_SIZE = 32 * 1024;
/** Senders stop when so much waits for the host ... */
const QUEUE_FULL = 256 * 1024;
/** ... and what they may not hold back (credit, messages) costs the link beyond this. */
export const QUEUE_SIZE_MAX = 8 * 1024 * 1024;

export interface PortHandlers {
  /** The bytes are only valid during the call. */
  onBytes(bytes: Uint8Array): void;
  /** send() said false, and there is room again. */
  onRoom(): void;
  /** No host is there any more, as far as the kernel tells. */
  onGone(): void;
  /** The host has not read for so long that the queue is at its limit. */
  onOverflow(): void;
}

export class Port {
  readonly #sys: Sys;
  readonly #loop: Loop;
  readonly #fd: Fd;
  readonly #handlers: PortHandlers;
  readonly #watch: Watch;
  readonly #input = new Uint8Array(READ_SIZE);
  #queue: Uint8Array[] = [];
  #queued = 0;
  #whenSent: (() => void)[] = [];
  #full = false;
  #present = false;
  /** True: a timer will read, nothing is watched. */
  #batching = false;
  #flushing = false;
  #burst = 0;
  #burstAt = 0;

  constructor(sys: Sys, loop: Loop, fd: Fd, handlers: PortHandlers) {
    this.#sys = sys;
    this.#loop = loop;
    this.#fd = fd;
    this.#handlers = handlers;
    this.#watch = loop.watch(fd, 'edge-in', () => this.#turn());
  }

  get queued(): number {
    return this.#queued;
  }

  /** Takes the bytes over: what does not leave at once is copied. @returns false when the queue is full */
  send(bytes: Uint8Array): boolean {
    const small = bytes.length < SMALL_SIZE;
    if (!small && this.#queued > 0) this.#flush();
    const sent = small || this.#queued > 0 ? 0 : this.#write(bytes);
    this.#keep(bytes, sent);
    this.#full ||= this.#queued >= QUEUE_FULL;
    if (this.#queued > QUEUE_SIZE_MAX) {
      this.drop();
      this.#loop.defer(() => this.#handlers.onOverflow());
    }
    if (this.#queued > 0 || this.#full) this.#flushLater();
    return !this.#full;
  }

  /**
   * Sends frames of `size` bytes that begin `stride` apart, `count` at most and none that holds a BREAK.
   * @returns how many are on their way; the others are the caller's to send
   */
  sendFrames(bytes: Uint8Array, count: number, stride: number, size: number): number {
    if (this.#queued > 0) return 0;
    const written = this.#sys.writeFrames(this.#fd, bytes, count, stride, size, BREAK_BYTE, BREAK_SIZE);
    const sent = Math.ceil(written / size);
    if (written < sent * size) {
      this.#keep(bytes.subarray((sent - 1) * stride, (sent - 1) * stride + size), size - (sent * size - written));
      this.#flushLater();
    }
    return sent;
  }

  #keep(bytes: Uint8Array, from: number): void {
    if (from === bytes.length) return;
    this.#queue.push(bytes.slice(from));
    this.#queued += bytes.length - from;
  }

  /** Runs it when all that is queued has left, or is of no use to anybody. */
  whenSent(run: () => void): void {
    if (this.#queued === 0) run();
    else this.#whenSent.push(run);
  }

  #tellSent(): void {
    if (this.#whenSent.length === 0) return; // an empty list costs a copy, too
    for (const run of this.#whenSent.splice(0)) run();
  }

  #flushLater(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#loop.after(0, () => {
      this.#flushing = false;
      this.#flush();
      this.#tellRoom();
    });
  }

  /** Forgets what is queued: another host is there, or none. */
  drop(): void {
    this.#queue = [];
    this.#queued = 0;
    this.#full = false;
    this.#tellSent();
  }

  stop(): void {
    this.#watch.stop();
  }

  #turn(): void {
    const size = this.#read();
    this.#flush();
    this.#tellRoom();
    this.#batching = size > 0 && this.#isBusy(size);
    this.#listen();
    // A full buffer was waiting: while it was dealt with, much came.
    if (this.#batching) this.#loop.after(size >= READ_SIZE ? 0 : BATCH_MS, () => this.#turn());
  }

  #isBusy(size: number): boolean {
    const now = this.#sys.monotonicMs();
    this.#burst = now - this.#burstAt > BUSY_GAP_MS ? size : this.#burst + size;
    this.#burstAt = now;
    return this.#burst >= BUSY_SIZE;
  }

  /** Each write that the host takes is a change: only who waits for one wants to hear of it. */
  #listen(): void {
    if (this.#batching) this.#watch.set('none');
    else this.#watch.set(this.#queued > 0 ? 'edge' : 'edge-in');
  }

  /** While much is dealt with, as much comes: only after a short piece is waiting for more worth it. @returns bytes */
  #read(): number {
    let total = 0;
    while (total < TURN_SIZE) {
      const { size, more } = this.#fill();
      total += size;
      if (size > 0) {
        this.#present = true;
        this.#handlers.onBytes(this.#input.subarray(0, size));
      }
      if (more === 'gone') this.#gone();
      if (more === 'gone' || size < AGAIN_SIZE) break;
    }
    return total;
  }

  /** Reads until the buffer is full or nothing is left. */
  #fill(): { size: number; more: 'yes' | 'later' | 'gone' } {
    let size = 0;
    while (size < READ_SIZE) {
      const read = this.#readMany(this.#input.subarray(size));
      if (read === AGAIN) return { size, more: 'later' };
      if (read === 0) return { size, more: 'gone' };
      size += read;
    }
    return { size, more: 'yes' };
  }

  #readMany(into: Uint8Array): number {
    try {
      return this.#sys.readMany(this.#fd, into);
    } catch (error) {
      if (error instanceof SysError) return 0; // ECONNRESET, ENODEV: nobody is there
      throw error;
    }
  }

  #gone(): void {
    this.drop();
    if (!this.#present) return;
    this.#present = false;
    this.#handlers.onGone();
  }

  /** @returns bytes that the kernel took */
  #write(bytes: Uint8Array): number {
    try {
      const written = this.#sys.writeMany(this.#fd, bytes);
      return written === AGAIN ? 0 : written;
    } catch (error) {
      if (error instanceof SysError) return 0; // EPIPE: reading tells that nobody is there
      throw error;
    }
  }

  #flush(): void {
    while (this.#queued > 0) {
      const first = this.#joinSmall();
      const sent = this.#write(first);
      this.#queued -= sent;
      if (sent < first.length) {
        this.#queue[0] = first.subarray(sent);
        break;
      }
      this.#queue.shift();
    }
    if (this.#queued === 0) this.#tellSent();
    this.#listen();
  }

  /** Never from send(): who is told may send at once. */
  #tellRoom(): void {
    if (!this.#full || this.#queued > 0) return;
    this.#full = false;
    this.#handlers.onRoom();
  }

  /** Makes the first pieces of the queue one, as far as they are small. */
  #joinSmall(): Uint8Array {
    let count = 0;
    let size = 0;
    for (const piece of this.#queue) {
      if (count > 0 && size + piece.length > JOINED_SIZE) break;
      size += piece.length;
      count++;
    }
    const [first = new Uint8Array(0)] = this.#queue;
    if (count <= 1) return first;
    const joined = new Uint8Array(size);
    let at = 0;
    for (const piece of this.#queue.splice(0, count)) {
      joined.set(piece, at);
      at += piece.length;
    }
    this.#queue.unshift(joined);
    return joined;
  }
}
