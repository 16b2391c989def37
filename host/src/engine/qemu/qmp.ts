/** QEMU's monitor: commands answered in order of their ids, and events (docs: QEMU's qmp-spec). */
import { connect, type Socket } from 'node:net';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { JsonLines, type JsonMessage } from '../../core/json-lines.ts';

type Waiter = { resolve(value: unknown): void; reject(error: Error): void };

/** How QEMU says it ends: 'guest-reset', 'guest-shutdown', 'host-qmp-quit' ... */
export type ShutdownReason = string;

function lost(why: string): BhattiError {
  return new BhattiError('engine.failed', `cannot speak to QEMU: ${why}`, {
    remedy: 'bhatti inspect shows why it ended',
  });
}

export class Qmp {
  readonly #socket: Socket;
  readonly #lines = new JsonLines();
  readonly #waiters = new Map<number, Waiter>();
  readonly #greeted = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #lastId = 0;
  #shutdown: ShutdownReason | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#greeted.promise.catch(() => undefined); // only `open` cares
    socket.setEncoding('utf8');
    socket.on('data', (text) => this.#feed(String(text)));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end('the monitor is closed'));
  }

  /** Connects and leaves negotiation mode. @throws BhattiError engine.failed */
  static async open(path: string): Promise<Qmp> {
    const qmp = new Qmp(connect(path));
    await qmp.#greeted.promise;
    await qmp.execute('qmp_capabilities');
    return qmp;
  }

  /** Why QEMU said that it ends; null while it has not. */
  get shutdownReason(): ShutdownReason | null {
    return this.#shutdown;
  }

  /** Resolves when the monitor is gone, and QEMU most likely with it. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** @throws BhattiError engine.failed with QEMU's own words */
  execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (this.#socket.destroyed) return Promise.reject(lost('the monitor is closed'));
    this.#waiters.set(id, { resolve, reject });
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #feed(text: string): void {
    try {
      for (const message of this.#lines.feed(text)) this.#take(message);
    } catch (error) {
      this.#end(String(error));
    }
  }

  #take(message: JsonMessage): void {
    if ('QMP' in message) this.#greeted.resolve();
    else if (message.event === 'SHUTDOWN') this.#shutdown = reasonOf(message.data);
    else if (typeof message.id === 'number') this.#answer(message.id, message);
  }

  #answer(id: number, message: JsonMessage): void {
    const waiter = this.#waiters.get(id);
    this.#waiters.delete(id);
    if ('error' in message) waiter?.reject(lost(describe(message.error)));
    else waiter?.resolve(message.return);
  }

  #end(why: string): void {
    const error = lost(why);
    this.#greeted.reject(error);
    for (const waiter of this.#waiters.values()) waiter.reject(error);
    this.#waiters.clear();
    this.#socket.destroy();
    this.#closed.resolve();
  }
}

function reasonOf(data: unknown): ShutdownReason {
  const reason = typeof data === 'object' && data !== null && 'reason' in data ? data.reason : null;
  return typeof reason === 'string' ? reason : 'unknown';
}

function describe(error: unknown): string {
  const text = typeof error === 'object' && error !== null && 'desc' in error ? error.desc : null;
  return typeof text === 'string' ? text : JSON.stringify(error);
}
