/** One wire stream as an AgentStream: pushed callbacks become things to await, and reading gives the credit back. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { DATA_HEAD_SIZE } from '@bhatti/wire/frame.ts';
import { DATA_SIZE_MAX, MESSAGES_MAX, TRAILER_SIZE } from '@bhatti/wire/limits.ts';
import type { Channel, GuestMessage, HostMessage } from '@bhatti/wire/messages.ts';
import { type Stream, type StreamHandlers, WRITABLE_LEAST_MAX } from '@bhatti/wire/stream.ts';
import type { AgentStream } from '../../ports/agent.ts';
import { ByteQueue, Queue } from './queue.ts';

const CHANNELS = [0, 1, 2] as const;
/** Longest piece of channel(): what it becomes (a line of JSON, a message of a WebSocket) is bounded, too. */
const PIECE_SIZE_MAX = 64 * 1024;
/** Who has borrowed so much reads on. */
const LONG_SIZE = 256 * 1024;

function closedStream(): BhattiError {
  return new BhattiError('link.lost', 'cannot write to the guest: the stream is closed', {
    remedy: 'run the command again',
  });
}

/** Memory of one DATA frame that is filled with content and sent as it is, again and again. */
class LargeFrame {
  readonly bytes: Uint8Array = Buffer.allocUnsafeSlow(DATA_HEAD_SIZE + DATA_SIZE_MAX + TRAILER_SIZE);
  #size = 0;

  get content(): Uint8Array {
    return this.bytes.subarray(DATA_HEAD_SIZE, DATA_HEAD_SIZE + this.#size);
  }

  get isFull(): boolean {
    return this.#size === DATA_SIZE_MAX;
  }

  clear(): void {
    this.#size = 0;
  }

  /** @returns how many of the bytes there was room for */
  take(bytes: Uint8Array): number {
    const part = bytes.subarray(0, DATA_SIZE_MAX - this.#size);
    this.bytes.set(part, DATA_HEAD_SIZE + this.#size);
    this.#size += part.length;
    return part.length;
  }
}

/** Reads that may still have a wide window: the memory for them is bounded. */
export interface WideReads {
  left: number;
}

export class LinkStream implements AgentStream {
  readonly messages = new Queue<GuestMessage>();
  readonly closed: Promise<void>;
  readonly #channels = new Map<Channel, ByteQueue>(CHANNELS.map((channel) => [channel, new ByteQueue()]));
  readonly #room = new Map<Channel, () => void>();
  readonly #settle: { resolve(): void; reject(error: BhattiError): void };
  #stream: Stream<'host'> | null = null;
  readonly #wideReads: WideReads;
  #isWide = false;

  constructor(wideReads: WideReads) {
    this.#wideReads = wideReads;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined); // a stream may be given up with nobody waiting for its end
    this.closed = promise;
    this.#settle = { resolve, reject };
  }

  /** For Link.open(). */
  readonly handlers: StreamHandlers<'host'> = {
    onMessage: (message) => this.#onMessage(message),
    onData: (channel, bytes) => this.#channels.get(channel)?.push(bytes),
    onEnd: (channel) => this.#channels.get(channel)?.end(),
    onWritable: (channel) => this.#onWritable(channel),
    onClose: (error) => this.#finish(error),
  };

  attach(stream: Stream<'host'>): void {
    this.#stream = stream;
  }

  async *channel(channel: Channel): AsyncGenerator<Uint8Array, void> {
    for await (const bytes of this.#pieces(channel))
      for (let at = 0; at < bytes.length; at += PIECE_SIZE_MAX) yield bytes.slice(at, at + PIECE_SIZE_MAX);
  }

  async *borrow(channel: Channel): AsyncGenerator<Uint8Array, void> {
    let total = 0;
    for await (const bytes of this.#pieces(channel)) {
      yield bytes;
      total += bytes.length;
      if (total >= LONG_SIZE) this.#widen(channel);
    }
  }

  async *#pieces(channel: Channel): AsyncGenerator<Uint8Array, void> {
    for await (const bytes of this.#channels.get(channel) ?? []) {
      this.#stream?.consumed(channel, bytes.length);
      yield bytes;
    }
  }

  #widen(channel: Channel): void {
    const stream = this.#stream;
    if (this.#isWide || this.#wideReads.left === 0 || stream === null || stream.closed) return;
    this.#isWide = true;
    this.#wideReads.left--;
    stream.widen(channel);
  }

  async write(channel: Channel, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const stream = this.#stream;
      if (stream === null || stream.closed) throw closedStream();
      const room = stream.writable(channel, Math.min(bytes.length - at, WRITABLE_LEAST_MAX));
      if (room === 0) await this.#untilWritable(channel);
      else {
        stream.write(channel, bytes.subarray(at, at + room));
        at += room;
      }
    }
  }

  async writeAll(channel: Channel, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const frame = new LargeFrame();
    for await (const bytes of content) {
      for (let at = 0; at < bytes.length; ) {
        at += frame.take(bytes.subarray(at));
        if (!frame.isFull) continue;
        await this.#writeFrame(channel, frame);
        await this.#untilSent(channel);
        frame.clear();
      }
    }
    await this.#writeFrame(channel, frame);
  }

  async #writeFrame(channel: Channel, frame: LargeFrame): Promise<void> {
    const { content } = frame;
    const stream = this.#stream;
    if (stream !== null && stream.writable(channel, WRITABLE_LEAST_MAX) >= content.length)
      stream.writeInPlace(channel, frame.bytes, content.length);
    else await this.write(channel, content);
  }

  /** A whole frame fills the socket's queue, so that it has left when the stream takes bytes again. */
  async #untilSent(channel: Channel): Promise<void> {
    const stream = this.#stream;
    while (stream !== null && !stream.closed && stream.writable(channel) === 0) await this.#untilWritable(channel);
  }

  end(channel: Channel): void {
    this.#stream?.end(channel);
  }

  send(message: HostMessage): void {
    this.#stream?.message(message);
  }

  close(): void {
    this.#stream?.close();
    this.#finish();
  }

  #onMessage(message: GuestMessage): void {
    if (this.messages.length < MESSAGES_MAX) this.messages.push(message);
    else this.#stream?.violate('it sends messages faster than they are read');
  }

  #untilWritable(channel: Channel): Promise<void> {
    return new Promise((resolve) => {
      this.#room.set(channel, resolve);
    });
  }

  #onWritable(channel: Channel): void {
    this.#room.get(channel)?.();
    this.#room.delete(channel);
  }

  #finish(error?: BhattiError): void {
    if (this.#isWide) this.#wideReads.left++;
    this.#isWide = false;
    this.messages.end(error);
    for (const queue of this.#channels.values()) queue.end(error);
    if (error === undefined) this.#settle.resolve();
    else this.#settle.reject(error);
    for (const channel of CHANNELS) this.#onWritable(channel);
  }
}
