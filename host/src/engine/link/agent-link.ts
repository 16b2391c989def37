/** The agent port's unix socket with the wire protocol on it: one connection, one epoch. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { WINDOW_TO_HOST_MAX } from '@bhatti/wire/limits.ts';
import { Link } from '@bhatti/wire/link.ts';
import { type GuestHello, type HostHello, PROTOCOL_VERSION, type Request } from '@bhatti/wire/messages.ts';
import { Retained } from '@bhatti/wire/retained.ts';
import type { Agent, AgentStream } from '../../ports/agent.ts';
import { LinkStream, type WideReads } from './agent-stream.ts';

const ENTROPY_SIZE = 32;
/** As much as a unix socket holds; every read goes to the same memory. */
const READ_SIZE = 256 * 1024;
/**
 * A guest that was just loaded may take the greeting, learn only then that its port was opened, and forget what it was
 * about to answer. So the greeting is repeated, the next time after twice as long; a guest that has answered ignores it.
 */
const GREET_AGAIN_MS = 500;
const GREET_AGAIN_MS_MAX = 8000;
/** Files of one sandbox that are read with a wide window at a time. */
const WIDE_READS_MAX = 4;

function linkLost(why: string): BhattiError {
  return new BhattiError('link.lost', `cannot reach the guest: ${why}`, { remedy: 'bhatti inspect shows its state' });
}

export class AgentLink implements Agent {
  readonly #socket: Socket;
  readonly #link: Link<'host'>;
  readonly #epoch = randomBytes(8).toString('hex');
  readonly #connected = Promise.withResolvers<void>();
  readonly #greeted = Promise.withResolvers<GuestHello>();
  readonly #lost = Promise.withResolvers<BhattiError>();
  #hello: GuestHello | null = null;
  #over = false;
  readonly #wideReads: WideReads = { left: 0 };
  #greetAgain: NodeJS.Timeout | undefined;

  /**
   * Begins to connect, and then to greet; `greeted` tells when the guest answered.
   * @param greets false: it waits for greet()
   */
  constructor(path: string, greets: boolean = true) {
    this.#greeted.promise.catch(() => undefined);
    this.#connected.promise.catch(() => undefined);
    this.#socket = connect({ path, onread: { buffer: Buffer.allocUnsafeSlow(READ_SIZE), callback: this.#onBytes } });
    this.#link = new Link<'host'>({
      role: 'host',
      send: (bytes) => this.#socket.write(bytes),
      greeting: () => this.#greeting(),
      onHello: (hello) => this.#onHello(hello),
      retain: () => new Retained(),
      onAgain: () => this.#greetLater(GREET_AGAIN_MS),
      onFail: (error) => this.#end(error),
    });
    this.#socket.on('connect', () => {
      this.#connected.resolve();
      if (greets) this.greet();
    });
    this.#socket.on('drain', () => this.#link.drained());
    this.#socket.on('error', (error) => this.#end(linkLost(error.message)));
    this.#socket.on('close', () => this.#end(linkLost('the connection was closed')));
  }

  /** Resolves when QEMU's socket took the connection; rejects when there is none. */
  get connected(): Promise<void> {
    return this.#connected.promise;
  }

  /** The guest's answer. @throws BhattiError link.lost */
  get greeted(): Promise<GuestHello> {
    return this.#greeted.promise;
  }

  /** Resolves with the reason when the link is of no use any more. */
  get lost(): Promise<BhattiError> {
    return this.#lost.promise;
  }

  get up(): boolean {
    return this.#link.up;
  }

  /** True once it is of no use any more. */
  get over(): boolean {
    return this.#over;
  }

  get hello(): GuestHello {
    if (this.#hello === null) throw linkLost('it has not answered yet');
    return this.#hello;
  }

  readonly #onBytes = (size: number, buffer: Uint8Array): boolean => {
    this.#link.receive(buffer.subarray(0, size));
    return true;
  };

  open(request: Request): AgentStream {
    const stream = new LinkStream(this.#wideReads);
    stream.attach(this.#link.open(request, stream.handlers));
    return stream;
  }

  close(): void {
    this.#end(linkLost('the host closed the connection'));
  }

  #greeting(): HostHello {
    return {
      version: PROTOCOL_VERSION,
      epoch: this.#epoch,
      entropy: randomBytes(ENTROPY_SIZE).toString('base64'),
      timeMs: Date.now(),
    };
  }

  greet(): void {
    this.#greet(GREET_AGAIN_MS);
  }

  #greet(againMs: number): void {
    this.#link.start();
    this.#greetLater(againMs);
  }

  #greetLater(afterMs: number): void {
    clearTimeout(this.#greetAgain);
    this.#greetAgain = setTimeout(() => this.#greet(Math.min(2 * afterMs, GREET_AGAIN_MS_MAX)), afterMs);
  }

  #onHello(hello: GuestHello): void {
    clearTimeout(this.#greetAgain);
    if (this.#hello === null && (hello.windowMax ?? 0) >= WINDOW_TO_HOST_MAX) this.#wideReads.left = WIDE_READS_MAX;
    this.#hello = hello;
    this.#greeted.resolve(hello);
  }

  #end(error: BhattiError): void {
    this.#over = true;
    clearTimeout(this.#greetAgain);
    this.#connected.reject(error);
    this.#greeted.reject(error);
    this.#link.lost(error);
    this.#socket.destroy();
    this.#lost.resolve(error);
  }
}
