/**
 * Content of one file, a portion at a time. A long one that is not in the page cache stays out of it, since the kernel would
 * take longer to put it there than the disk takes; and while one block of it is sent, the next is read.
 */
import { ERRNO } from '@bhatti/runtime/linux/constants.ts';
import { errnoName } from '@bhatti/runtime/linux/errno.ts';
import { type Fd, SysError } from '@bhatti/runtime/sys.ts';
import { ALIGNMENT, BLOCK_SIZE, setDirect } from './blocks.ts';
import type { AgentContext, GuestStream } from './context.ts';
import { CONTENT_SIZE, FileFrames } from './file-frames.ts';
import { ReadAhead } from './read-ahead.ts';

/** A shorter file goes through one frame: the page faults of a block would take longer than the file. */
const LONG_SIZE = 2 * BLOCK_SIZE;

export class FileSource {
  readonly #context: AgentContext;
  readonly #stream: GuestStream;
  readonly #action: string;
  readonly #fd: Fd;
  #frames: FileFrames;
  /** To be read next; null: nothing is read ahead. */
  #next: { frames: FileFrames; ahead: ReadAhead } | null = null;
  /** Where the next byte comes from, and how many are asked for and were not read. */
  #at: number;
  #left: number;
  #direct = false;

  /** @param what `fd` stands at `offset` and is closed by close(); `size` is the whole file's */
  constructor(
    context: AgentContext,
    stream: GuestStream,
    what: { fd: Fd; action: string; size: number; offset: number; limit?: number },
  ) {
    this.#context = context;
    this.#stream = stream;
    this.#action = what.action;
    this.#fd = what.fd;
    this.#at = what.offset;
    this.#left = what.limit ?? Number.POSITIVE_INFINITY;
    const isLong = Math.min(this.#left, what.size - what.offset) >= LONG_SIZE;
    const block = isLong ? context.blocks.take() : null;
    this.#frames = new FileFrames(context.sys, stream, block ?? context.frame);
  }

  /** True when all that was asked for was sent. */
  get isDone(): boolean {
    return this.#frames.held === 0 && this.#left === 0;
  }

  /** Sends a portion: it fills whatever frame it gets. @returns bytes; 0 at the end of the file @throws SysError */
  send(room: number): number {
    if (this.#frames.held === 0 && !this.#fill(room)) return 0;
    return this.#frames.send(this.#context, room);
  }

  /** Bytes of room that send() needs at least. */
  get least(): number {
    return Math.min(this.#frames.held || this.#left || 1, CONTENT_SIZE);
  }

  close(): void {
    const { sys, blocks } = this.#context;
    if (this.#next !== null) {
      this.#next.ahead.close();
      blocks.giveBack();
    }
    if (this.#frames.isBlock) blocks.giveBack();
    sys.close(this.#fd);
  }

  /** Fills the frames. @returns false at the end of the file */
  #fill(room: number): boolean {
    const read = this.#next?.ahead.underWay ? this.#finish(this.#next) : this.#read(this.#sizeOf(room));
    if (read < 0) throw new SysError(this.#action, -read, errnoName(-read));
    this.#at += read;
    this.#left -= read;
    if (read === this.#frames.capacity && this.#direct) this.#readAhead();
    return read > 0;
  }

  /** What is read at once: a block whether there is room for all of it or not, else what is sent in this callback. */
  #sizeOf(room: number): number {
    const size = Math.min(this.#frames.isBlock ? this.#left : Math.min(room, this.#left), this.#frames.capacity);
    return size - (size % CONTENT_SIZE) || size;
  }

  #read(size: number): number {
    if (!this.#frames.isBlock) return this.#frames.read(this.#fd, size);
    this.#choose(size);
    const read = this.#frames.readAt(this.#fd, size, this.#at);
    // A file system may take the flag and refuse the read.
    if (read !== -ERRNO.EINVAL || !this.#direct) return read;
    this.#leaveDirect();
    return this.#frames.readAt(this.#fd, size, this.#at);
  }

  /** What was read ahead. */
  #finish(next: { frames: FileFrames; ahead: ReadAhead }): number {
    const { frames } = next;
    next.frames = this.#frames;
    this.#frames = frames;
    return frames.finish(next.ahead);
  }

  /** Begins to read the block behind the one that is held. */
  #readAhead(): void {
    const size = this.#sizeOf(0);
    if (size === 0 || size % ALIGNMENT !== 0) return;
    this.#next ??= this.#openNext();
    this.#next?.frames.begin(this.#next.ahead, this.#fd, size, this.#at);
  }

  #openNext(): { frames: FileFrames; ahead: ReadAhead } | null {
    const { sys, blocks } = this.#context;
    const block = blocks.take();
    if (block === null) return null;
    const ahead = ReadAhead.open(sys);
    if (ahead !== null) return { frames: new FileFrames(sys, this.#stream, block), ahead };
    blocks.giveBack();
    return null;
  }

  /** Past the page cache or not, for the next `size` bytes: the first of them may be there because the kernel reads ahead. */
  #choose(size: number): void {
    const mayBeDirect = this.#at % ALIGNMENT === 0 && size % ALIGNMENT === 0;
    if (this.#direct && !mayBeDirect) this.#leaveDirect();
    else if (!this.#direct && mayBeDirect && !this.#frames.isCached(this.#fd, this.#at + size - 1))
      this.#direct = setDirect(this.#context.sys, this.#fd, true);
  }

  #leaveDirect(): void {
    setDirect(this.#context.sys, this.#fd, false);
    this.#direct = false;
  }
}
