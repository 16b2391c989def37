/** Stands in for node:net: a client's end of a unix socket. */
import { AGAIN, type Fd, SysError, type Watch } from '@bhatti/runtime/sys.ts';
import { own } from '../own.ts';

const PIECE_SIZE = 64 * 1024;
/** More than this waits to be sent: whoever writes is to wait. */
const ROOM = 64 * 1024;

type Event = 'connect' | 'error' | 'drain' | 'close';
type Listener = (error?: Error) => void;

/** 'connect ENOENT /x/api.sock', with its code, as Node says it. */
function failure(error: unknown, call: string, path: string): Error {
  const code = error instanceof SysError ? error.code : 'EIO';
  return Object.assign(new Error(`${call} ${code}${path === '' ? '' : ` ${path}`}`), { code });
}

export class Socket {
  destroyed = false;
  readonly #listeners: Record<Event, Set<Listener>> = {
    connect: new Set(),
    error: new Set(),
    drain: new Set(),
    close: new Set(),
  };
  readonly #waiting: Uint8Array[] = [];
  #waitingSize = 0;
  #fd: Fd = -1;
  #watch: Watch | undefined;
  #wake = (): void => {};
  #failed: Error | undefined;

  constructor(path: string) {
    own().loop.defer(() => this.#connect(path));
  }

  #connect(path: string): void {
    try {
      this.#fd = own().sys.connectUnix(path, 'stream');
    } catch (error) {
      this.destroyed = true;
      this.#emit('error', failure(error, 'connect', path));
      return;
    }
    this.#watch = own().loop.watch(this.#fd, 'none', (ready) => {
      if (ready.out) this.#flush();
      if (ready.in) this.#wake();
    });
    this.#emit('connect');
  }

  #emit(event: Event, error?: Error): void {
    for (const listener of [...this.#listeners[event]]) listener(error);
  }

  on(event: Event, listener: Listener): void {
    this.#listeners[event].add(listener);
  }

  once(event: Event, listener: Listener): void {
    this.on(event, (error) => {
      this.off(event, listener);
      listener(error);
    });
  }

  off(event: Event, listener: Listener): void {
    this.#listeners[event].delete(listener);
  }

  /** @returns false: whoever writes is to wait for 'drain' */
  write(data: string | Uint8Array): boolean {
    if (this.destroyed) return false;
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    this.#waiting.push(bytes);
    this.#waitingSize += bytes.length;
    this.#flush();
    return this.#waitingSize < ROOM;
  }

  #flush(): void {
    const { sys } = own();
    const before = this.#waitingSize;
    try {
      for (let first = this.#waiting[0]; first !== undefined && !this.destroyed; first = this.#waiting[0]) {
        const size = sys.write(this.#fd, first);
        if (size === AGAIN) break;
        this.#waitingSize -= size;
        if (size === first.length) this.#waiting.shift();
        else this.#waiting[0] = first.subarray(size);
      }
    } catch (error) {
      this.#failed ??= failure(error, 'write', '');
      this.#waiting.length = 0;
      this.#waitingSize = 0;
      this.#emit('error', this.#failed);
    }
    this.#watchWhatMatters();
    if (before >= ROOM && this.#waitingSize < ROOM) this.#emit('drain');
  }

  #reading = false;

  #watchWhatMatters(): void {
    const sends = this.#waitingSize > 0;
    this.#watch?.set(this.#reading ? (sends ? 'both' : 'in') : sends ? 'out' : 'none');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const bytes = new Uint8Array(PIECE_SIZE);
    while (!this.destroyed) {
      const size = this.#read(bytes);
      if (size === 0) return;
      if (size !== AGAIN) {
        yield bytes.slice(0, size);
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#reading = true;
        this.#watchWhatMatters();
      });
      this.#reading = false;
      this.#watchWhatMatters();
    }
  }

  #read(into: Uint8Array): number {
    try {
      return own().sys.read(this.#fd, into);
    } catch (error) {
      throw failure(error, 'read', '');
    }
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#watch?.stop();
    if (this.#fd >= 0) own().sys.close(this.#fd);
    this.#wake();
    this.#emit('close');
  }
}

export const connect = (path: string): Socket => new Socket(path);
