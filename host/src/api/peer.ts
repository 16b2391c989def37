/** A WebSocket as the routes use it: messages one after the other, sending with back pressure. */
import type { WebSocket } from 'ws';

/** Messages taken off the socket before the peer is asked to wait. */
const QUEUE_MAX = 8;
/** A peer over TCP that vanishes without a word is noticed within two of these. */
const PING_EVERY_MS = 30_000;

export type Message = { readonly text: string } | { readonly bytes: Uint8Array };

export class Peer {
  /** Aborts when the peer is gone. */
  readonly gone: AbortSignal;
  readonly #socket: WebSocket;
  readonly #queue: Message[] = [];
  #wake = (): void => {};

  constructor(socket: WebSocket, local: boolean) {
    this.#socket = socket;
    const gone = new AbortController();
    this.gone = gone.signal;
    socket.on('message', (data: Buffer, isBinary) => {
      this.#queue.push(isBinary ? { bytes: data } : { text: data.toString('utf8') });
      if (this.#queue.length >= QUEUE_MAX) socket.pause();
      this.#wake();
    });
    socket.on('close', () => {
      gone.abort();
      this.#wake();
    });
    socket.on('error', () => socket.terminate());
    if (!local) this.#keepAlive();
  }

  /** The next message; undefined when the peer is gone. */
  async next(): Promise<Message | undefined> {
    for (;;) {
      const message = this.#queue.shift();
      if (this.#queue.length < QUEUE_MAX && this.#socket.isPaused) this.#socket.resume();
      if (message !== undefined || this.gone.aborted) return message;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves when the bytes are on their way; a peer that is gone takes nothing any more. */
  async send(data: string | Uint8Array): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    await new Promise<void>((resolve) => this.#socket.send(data, () => resolve()));
  }

  async say(frame: object): Promise<void> {
    await this.send(JSON.stringify(frame));
  }

  /** Bytes of one channel: its number, then they. */
  async pass(channel: number, bytes: Uint8Array): Promise<void> {
    const frame = Buffer.allocUnsafe(bytes.length + 1);
    frame[0] = channel;
    frame.set(bytes, 1);
    await this.send(frame);
  }

  close(): void {
    this.#socket.close(1000);
  }

  #keepAlive(): void {
    let heard = true;
    this.#socket.on('pong', () => {
      heard = true;
    });
    const timer = setInterval(() => {
      if (!heard) return this.#socket.terminate();
      heard = false;
      this.#socket.ping();
    }, PING_EVERY_MS);
    this.#socket.on('close', () => clearInterval(timer));
  }
}
