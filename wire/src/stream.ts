/**
 * One stream of a link: messages, and bytes on three channels each way, with credit.
 *
 *   open --END(channel)--> that direction of that channel is ended; the others go on
 *   open --CLOSE sent or received, link lost--> closed (onClose once; every later call does nothing)
 *
 * A sender may have a window of bytes under way on a channel; consumed() gives credit back, widen() enlarges the window.
 * Who breaks the rules gets CLOSE with stream.protocol; the link lives on.
 */
import { BhattiError, type ErrorCode } from './errors.ts';
import { wrapData } from './frame.ts';
import { DATA_SIZE_MAX, WINDOW_TO_GUEST, WINDOW_TO_GUEST_MAX, WINDOW_TO_HOST, WINDOW_TO_HOST_MAX } from './limits.ts';
import {
  type Channel,
  type GuestMessage,
  type GuestPoint,
  type HostMessage,
  type HostPoint,
  STDERR,
  STDIN,
  STDOUT,
} from './messages.ts';
import type { Retained } from './retained.ts';

export type Role = 'host' | 'guest';
export type Sent<R extends Role> = R extends 'host' ? HostMessage : GuestMessage;
export type Received<R extends Role> = R extends 'host' ? GuestMessage : HostMessage;

/** What the owner of a stream wants to hear; called one at a time, never after onClose. */
export interface StreamHandlers<R extends Role> {
  onMessage?(message: Received<R>): void;
  /** The bytes are part of what the link received: valid as long as that is. Give credit back with consumed(). */
  onData?(channel: Channel, bytes: Uint8Array): void;
  /** The peer sends no more on this channel. */
  onEnd?(channel: Channel): void;
  /** writable(channel) was 0 and no longer is. */
  onWritable?(channel: Channel): void;
  /** The stream is over. Not called after the owner's own close(). */
  onClose?(error?: BhattiError): void;
}

/** How a stream sends; the link implements it. */
export interface Outlet<R extends Role> {
  /** True while the transport's queue is full. */
  readonly congested: boolean;
  /** True while the guest begins anew: nothing is sent, and what is said is said again. */
  readonly paused: boolean;
  data(stream: number, channel: Channel, bytes: Uint8Array): void;
  dataInPlace(stream: number, channel: Channel, frame: Uint8Array, size: number): void;
  credit(stream: number, channel: Channel, size: number): void;
  end(stream: number, channel: Channel): void;
  message(stream: number, message: Sent<R>): void;
  /** Sends CLOSE and forgets the stream. */
  close(stream: number, error?: BhattiError): void;
  /** Calls stream.resume() when the transport has room again. */
  await(stream: Stream<R>): void;
}

/** Credit is given back in portions of the window: each costs the other side a wakeup, which is dear in a guest. */
const CREDIT_PORTIONS = 2;
/** A receiver that has done with all it got keeps back less than a portion: so much room always comes, to the guest ... */
export const WRITABLE_LEAST_MAX: number = WINDOW_TO_GUEST / CREDIT_PORTIONS;
/** ... and to the host. */
export const WRITABLE_TO_HOST_LEAST_MAX: number = Math.min(WINDOW_TO_HOST / CREDIT_PORTIONS, DATA_SIZE_MAX);

interface Direction {
  /** Bytes that may still be sent or received before credit. */
  window: number;
  ended: boolean;
}
interface Duplex {
  /** `wanted`: room that the owner waits for; 0 when it does not. */
  readonly out: Direction & { wanted: number };
  readonly in: Direction & { consumed: number; limit: number; total: number };
}

export class Stream<R extends Role> {
  readonly id: number;
  readonly #outlet: Outlet<R>;
  readonly #role: R;
  /** Made when a channel is first used: most streams use none. */
  readonly #channels: [Duplex?, Duplex?, Duplex?] = [];
  #handlers: StreamHandlers<R> = {};
  #closed = false;
  /** Of a host's stream that a guest can go on with when it begins anew. */
  readonly #retained: Retained | null;
  #messages = 0;
  /** Bytes of channel 0 that a guest that began anew must get before any other, and whether END follows them. */
  #backlog: Uint8Array[] = [];
  #endOwed = false;

  /** Made by the link only. */
  constructor(id: number, role: R, outlet: Outlet<R>, retained: Retained | null = null) {
    this.id = id;
    this.#outlet = outlet;
    this.#role = role;
    this.#retained = retained;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** To be called as soon as the stream is there, before control goes back to the link. */
  handle(handlers: StreamHandlers<R>): void {
    this.#handlers = handlers;
  }

  /** @throws BhattiError request.too-large */
  message(message: Sent<R>): void {
    if (this.#closed) return;
    this.#retained?.message(message as HostMessage);
    this.#outlet.message(this.id, message);
  }

  /**
   * Bytes that write() takes now; when 0, onWritable tells when that changes. Room for less than `least` counts as none:
   * a sender of much does not cut its frames where the credit happens to end.
   *
   * @param least at most WRITABLE_LEAST_MAX, of a guest WRITABLE_TO_HOST_LEAST_MAX
   */
  writable(channel: Channel, least = 1): number {
    const out = this.#duplex(channel).out;
    if (this.#closed || out.ended) return 0;
    if (this.#outlet.congested) this.#outlet.await(this);
    const behind = channel === STDIN && this.#backlog.length > 0;
    const room = this.#outlet.congested || behind || out.window < least ? 0 : out.window;
    out.wanted = room === 0 ? least : 0;
    return room;
  }

  /** @throws RangeError for more bytes than credit allows, and after end() */
  write(channel: Channel, bytes: Uint8Array): void {
    if (this.#closed || bytes.length === 0) return;
    this.#spend(channel, bytes.length);
    if (channel === STDIN) this.#retained?.data(bytes);
    this.#outlet.data(this.id, channel, bytes);
  }

  /**
   * write() without a copy: `size` bytes lie in `frame` at DATA_HEAD_SIZE, with a spare byte behind; at most
   * DATA_SIZE_MAX. The link fills in head and trailer and passes the array itself to send().
   */
  writeInPlace(channel: Channel, frame: Uint8Array, size: number): void {
    if (this.#closed || size === 0) return;
    if (size > DATA_SIZE_MAX) throw new RangeError(`more than a DATA frame holds: ${size}`);
    this.#spend(channel, size);
    this.#outlet.dataInPlace(this.id, channel, frame, size);
  }

  /** Makes a frame that writeFrames() can send, of `size` bytes that lie or will lie in it as in writeInPlace(). */
  wrap(channel: Channel, frame: Uint8Array, size: number): Uint8Array {
    return wrapData(frame, this.id, channel, size);
  }

  /**
   * Frames of wrap() that the owner hands to the transport itself, as many as credit allows and none that holds a BREAK.
   *
   * @param size content of each
   * @param send tells how many those were
   * @returns what it told; 0 of a stream that is closed
   */
  writeFrames(channel: Channel, size: number, send: () => number): number {
    if (this.#closed) return 0;
    const sent = send();
    this.#spend(channel, size * sent);
    return sent;
  }

  /** No more bytes on this channel from this side. */
  end(channel: Channel): void {
    const out = this.#duplex(channel).out;
    if (this.#closed || out.ended) return;
    out.ended = true;
    if (this.#backlog.length > 0) this.#endOwed = true;
    else this.#outlet.end(this.id, channel);
  }

  /** `size` of the received bytes are done with: the peer may send as many more. */
  consumed(channel: Channel, size: number): void {
    const direction = this.#duplex(channel).in;
    if (direction.window + direction.consumed + size > direction.limit) {
      throw new RangeError(`consumed more than was received: ${size}`);
    }
    direction.consumed += size;
    if (direction.consumed >= direction.limit / CREDIT_PORTIONS) this.#grant(channel);
  }

  /**
   * Lets the peer have as many bytes under way as there may ever be: whoever reads this channel keeps up. A host asks first
   * whether the guest knows of so many (GuestHello.windowMax).
   */
  widen(channel: Channel): void {
    const direction = this.#duplex(channel).in;
    const widest = this.#role === 'host' ? WINDOW_TO_HOST_MAX : WINDOW_TO_GUEST_MAX;
    direction.consumed += widest - direction.limit;
    direction.limit = widest;
    if (direction.consumed > 0) this.#grant(channel);
  }

  /** Ends the stream on both sides; what was written before still arrives. */
  close(error?: BhattiError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#outlet.close(this.id, error);
  }

  // --- called by the link

  receiveMessage(message: Received<R>): void {
    this.#messages++;
    this.#guard(() => this.#handlers.onMessage?.(message));
  }

  receiveData(channel: Channel, bytes: Uint8Array): void {
    const direction = this.#duplex(channel).in;
    if (direction.ended) {
      this.violate(`it got DATA on channel ${channel} after its END`);
      return;
    }
    if (bytes.length > direction.window) {
      this.violate(`it got more DATA on channel ${channel} than it allowed`);
      return;
    }
    direction.window -= bytes.length;
    direction.total += bytes.length;
    if (!this.#handlers.onData) {
      this.violate(`it takes no DATA on channel ${channel}`);
      return;
    }
    this.#guard(() => this.#handlers.onData?.(channel, bytes));
  }

  receiveEnd(channel: Channel): void {
    const direction = this.#duplex(channel).in;
    if (direction.ended) {
      this.violate(`it got END on channel ${channel} twice`);
      return;
    }
    direction.ended = true;
    this.#guard(() => this.#handlers.onEnd?.(channel));
  }

  receiveCredit(channel: Channel, size: number): void {
    const out = this.#duplex(channel).out;
    const widest = this.#role === 'host' ? WINDOW_TO_GUEST_MAX : WINDOW_TO_HOST_MAX;
    if (size > widest - out.window) {
      this.violate(`it got CREDIT on channel ${channel} for bytes it never sent`);
      return;
    }
    out.window += size;
    if (this.#backlog.length > 0) this.#sendBacklog();
    this.#wake(channel);
  }

  receiveClose(error?: BhattiError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#guard(() => this.#handlers.onClose?.(error));
  }

  /** Host: where this side is. */
  point(): HostPoint {
    const channels = [this.#duplex(STDOUT).in, this.#duplex(STDERR).in];
    const received = channels.map(({ total }) => total);
    return { id: this.id, messages: this.#messages, received, windows: channels.map(({ window }) => window) };
  }

  /** Host: true when a guest that knows nothing of this stream can be asked anew without harm. */
  get isUntouched(): boolean {
    const { messages, received } = this.point();
    if (messages > 0 || received.some((size) => size > 0)) return false;
    const { window, ended } = this.#duplex(STDIN).out;
    return this.#retained !== null || (window === WINDOW_TO_GUEST && !ended);
  }

  /** Host: the guest began anew and is there; what it has not got follows. */
  goOn(at: GuestPoint): void {
    const { out } = this.#duplex(STDIN);
    out.window = WINDOW_TO_GUEST;
    this.#backlog = this.#retained?.bytesFrom(at.received) ?? [];
    this.#endOwed = out.ended && !at.ended;
    for (const message of this.#retained?.messagesFrom(at.messages) ?? [])
      this.#outlet.message(this.id, message as Sent<R>);
    this.#sendBacklog();
    for (const channel of [STDOUT, STDERR] as const) if (this.#duplex(channel).in.consumed > 0) this.#grant(channel);
    this.#wake(STDIN);
  }

  /** Guest: takes a stream up where an earlier image of this program and the host are. */
  takeUp(host: HostPoint, ended: boolean): void {
    for (const channel of [STDOUT, STDERR] as const) this.#duplex(channel).out.window = host.windows[channel - 1] ?? 0;
    this.#duplex(STDIN).in.ended = ended;
  }

  /** The transport has room again. */
  resume(): void {
    for (const channel of [0, 1, 2] as const) if (this.#channels[channel]) this.#wake(channel);
  }

  /** Ends the stream because the peer broke the protocol. */
  violate(why: string, code: ErrorCode = 'stream.protocol'): void {
    this.fail(new BhattiError(code, `cannot go on with stream ${this.id}: ${why}`, { remedy: PROTOCOL_REMEDY }));
  }

  /** Ends the stream on both sides, its owner included. */
  fail(error: BhattiError): void {
    if (this.#closed) return;
    this.close(error);
    this.#guard(() => this.#handlers.onClose?.(error));
  }

  #sendBacklog(): void {
    const { out } = this.#duplex(STDIN);
    for (let first = this.#backlog[0]; first !== undefined && out.window > 0; first = this.#backlog[0]) {
      const piece = first.subarray(0, Math.min(out.window, DATA_SIZE_MAX));
      out.window -= piece.length;
      this.#outlet.data(this.id, STDIN, piece);
      if (piece.length < first.length) this.#backlog[0] = first.subarray(piece.length);
      else this.#backlog.shift();
    }
    if (this.#backlog.length > 0 || !this.#endOwed) return;
    this.#endOwed = false;
    this.#outlet.end(this.id, STDIN);
  }

  #wake(channel: Channel): void {
    const out = this.#duplex(channel).out;
    if (out.wanted === 0 || this.#closed || out.ended || this.writable(channel, out.wanted) === 0) return;
    this.#guard(() => this.#handlers.onWritable?.(channel));
  }

  /** Gives the peer credit for what was consumed. */
  #grant(channel: Channel): void {
    const direction = this.#duplex(channel).in;
    if (this.#closed || direction.ended || this.#outlet.paused) return;
    direction.window += direction.consumed;
    this.#outlet.credit(this.id, channel, direction.consumed);
    direction.consumed = 0;
  }

  #spend(channel: Channel, size: number): void {
    const out = this.#duplex(channel).out;
    if (out.ended) throw new RangeError(`channel ${channel} was ended`);
    if (size > out.window) throw new RangeError(`more bytes than credit on channel ${channel}: ${size}`);
    out.window -= size;
  }

  /** A handler that throws costs its stream, not the link. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (cause) {
      const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      const remedy = 'this is a bug in bhatti: please report it';
      const error =
        cause instanceof BhattiError ? cause : new BhattiError('internal', `cannot go on: ${why}`, { remedy, cause });
      this.fail(error);
    }
  }

  #duplex(channel: Channel): Duplex {
    const known = this.#channels[channel];
    if (known) return known;
    const atHost = this.#role === 'host';
    const [toPeer, fromPeer] = atHost ? [WINDOW_TO_GUEST, WINDOW_TO_HOST] : [WINDOW_TO_HOST, WINDOW_TO_GUEST];
    const made: Duplex = {
      out: { window: toPeer, ended: false, wanted: 0 },
      in: { window: fromPeer, ended: false, consumed: 0, limit: fromPeer, total: 0 },
    };
    this.#channels[channel] = made;
    return made;
  }
}

const PROTOCOL_REMEDY = 'host and guest disagree on the protocol: rebuild the image with this version of bhatti';
