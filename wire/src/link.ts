/**
 * Both ends of the protocol: bytes in, bytes out, streams between. Pure: no I/O, no timers; docs/wire.md has the bytes.
 *
 *   host:   greeting --GuestHello of this epoch--> up --fault, CLOSE of stream 0, lost()--> dead (make a new Link)
 *           In greeting everything else is old and ignored; a CLOSE of stream 0 there is a guest that (re)started and
 *           may have missed the hello: it is greeted again.
 *           up --CLOSE of stream 0 with `again`--> resuming --GuestHello--> up: streams that the guest kept go on, those it
 *           never saw are opened again, others are lost.
 *   guest:  deaf --BREAK, HELLO--> greeted --hello()--> up --fault, CLOSE of stream 0--> deaf; lost() --> deaf
 *           A HELLO of a new epoch closes all streams; one of the current epoch is a repetition and is ignored.
 */
import { BREAK, type Probe, safePrefix } from './break.ts';
import { Decoder, type FrameSink } from './decoder.ts';
import { BhattiError } from './errors.ts';
import {
  CLOSE,
  CREDIT,
  creditOf,
  DATA_HEAD_SIZE,
  END,
  encodeCredit,
  encodeData,
  encodeEnd,
  encodeJson,
  type FrameFault,
  HELLO,
  type Header,
  type Kind,
  MESSAGE,
  OPEN,
  wrapData,
} from './frame.ts';
import { DATA_SIZE_MAX, STREAMS_MAX } from './limits.ts';
import { broken, bug, clip, lost, otherVersion, tooLarge, tooManyStreams } from './link-errors.ts';
import {
  type Again,
  type Channel,
  type CloseBody,
  type GuestHello,
  type GuestPoint,
  type HostHello,
  type HostPoint,
  PROTOCOL_VERSION,
  type Request,
} from './messages.ts';
import type { Retained } from './retained.ts';
import * as schema from './schema.ts';
import type { Shape } from './shape.ts';
import { type Outlet, type Received, type Role, type Sent, Stream, type StreamHandlers } from './stream.ts';

interface Common {
  /**
   * Hands bytes to the transport, in order. Arrays are fresh and may be kept, except those of writeInPlace().
   * @returns false when the transport's queue is full: call drained() once it is not
   */
  send(bytes: Uint8Array): boolean;
  /** The link is of no use any more (host), or until the next hello (guest); all streams were closed before. */
  onFail(error: BhattiError): void;
  /** Where a loop over bytes is dear: one that is compiled. */
  readonly probe?: Probe;
}
export interface HostOptions extends Common {
  readonly role: 'host';
  /** Makes the greeting: fresh entropy and time at every call, the epoch always the same. */
  greeting(): HostHello;
  onHello(hello: GuestHello): void;
  /** The guest began anew and was greeted: greet it again should it not answer; onHello follows. */
  onAgain?(): void;
  /** Makes what a stream's input and messages are retained in; without it no stream outlives a guest that begins anew. */
  retain?(): Retained;
}
export interface GuestOptions extends Common {
  readonly role: 'guest';
  /** A host greets: all older streams are closed. Drop what the transport has queued, then answer with hello(). */
  onHello(hello: HostHello): void;
  /** A new stream; call stream.handle() before returning. */
  onStream(stream: Stream<'guest'>, request: Request): void;
}
type Options<R extends Role> = R extends 'host' ? HostOptions : GuestOptions;

const LINK = 0;
const STREAM_ID_MAX = 0xffff_ffff;
const decoder = new TextDecoder();

export class Link<R extends Role> {
  readonly #options: HostOptions | GuestOptions;
  readonly #decoder: Decoder;
  readonly #streams = new Map<number, Stream<R>>();
  /** Streams that wait for room in the transport, first come first. */
  readonly #waiting = new Set<Stream<R>>();
  readonly #outlet: Outlet<R>;
  #state: 'new' | 'greeting' | 'resuming' | 'deaf' | 'greeted' | 'up' | 'dead';
  /** Host: what each stream was opened with; streams the guest still has that were closed while it began anew. */
  readonly #requests = new Map<number, Request>();
  readonly #closedMeanwhile = new Set<number>();
  /** Host: the image of the guest that began anew. Guest: what it said itself, until a host is there. */
  #again: Again | null = null;
  #epoch = '';
  #congested = false;
  #nextId = 1;
  /** True right after a BREAK: only HELLO or CLOSE of the link may follow. */
  #afterBreak = false;

  constructor(options: Options<R>) {
    this.#options = options;
    this.#state = options.role === 'host' ? 'new' : 'deaf';
    const sink: FrameSink = {
      onFrame: (header, payload) => this.#onFrame(header, payload),
      onData: (id, channel, content) => this.#onData(id, channel, content),
      onBreak: () => {
        this.#afterBreak = true;
      },
      onFault: (fault) => this.#onFault(fault),
    };
    this.#decoder = new Decoder(sink, options.probe);
    this.#outlet = this.#makeOutlet();
  }

  /** True between the hellos and the end. */
  get up(): boolean {
    return this.#state === 'up';
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  /**
   * Host: greets the guest; onHello tells when it answered. Guest: says that it just started and knows no host.
   *
   * @param again the guest kept streams of that epoch
   */
  start(again?: Again): void {
    if (this.#options.role === 'host') {
      if (this.#state !== 'resuming') this.#state = 'greeting';
      this.#greetGuest(this.#options);
    } else {
      this.#again = again ?? null;
      this.#send(BREAK);
      this.#sendClose(LINK, lost('the guest agent started anew'), again);
    }
  }

  #greetGuest(options: HostOptions): void {
    const again = this.#again?.image;
    const streams = [...this.#streams.values()].map((stream) => stream.point());
    this.#greet({ ...options.greeting(), ...(again === undefined ? {} : { again, streams }) });
  }

  /** Guest, after hello(): a stream of the host's list that goes on. Call stream.handle() at once. */
  takeUp(host: HostPoint, ended: boolean): Stream<'guest'> {
    const stream = new Stream<'guest'>(host.id, 'guest', this.#outlet as Outlet<Role>);
    stream.takeUp(host, ended);
    this.#streams.set(host.id, stream as Stream<Role> as Stream<R>);
    return stream;
  }

  /** Guest: answers the greeting. */
  hello(hello: GuestHello): void {
    if (this.#state !== 'greeted') return;
    this.#state = 'up';
    this.#greet(hello);
  }

  /** Bytes from the peer, in pieces of any size. What streams get is part of this array. */
  receive(bytes: Uint8Array): void {
    if (this.#state !== 'dead') this.#decoder.push(bytes);
  }

  /** Opens a stream. @throws BhattiError link.lost | stream.limit | request.too-large */
  open(request: Request, handlers: StreamHandlers<R>): Stream<R> {
    const isOpen = this.#state === 'up' || this.#state === 'resuming';
    if (this.#options.role !== 'host' || !isOpen) throw lost('the guest has not answered');
    if (this.#streams.size >= STREAMS_MAX) throw tooManyStreams();
    const canGoOn = request.op === 'exec' || request.op === 'attach';
    const retained = canGoOn ? (this.#options.retain?.() ?? null) : null;
    const stream = new Stream<R>(this.#freeId(), this.#options.role as R, this.#outlet, retained);
    this.#sendJson(OPEN, stream.id, request);
    this.#streams.set(stream.id, stream);
    this.#requests.set(stream.id, request);
    stream.handle(handlers);
    return stream;
  }

  /** The transport has room again. */
  drained(): void {
    this.#congested = false;
    for (const stream of this.#waiting) {
      if (this.#congested) return;
      this.#waiting.delete(stream);
      stream.resume();
    }
  }

  /** The transport is gone, or the owner gives up: every stream is closed with this error. Does not call onFail. */
  lost(error: BhattiError = lost('the connection was closed')): void {
    this.#decoder.lose();
    this.#drop(() => error);
    this.#state = this.#options.role === 'host' ? 'dead' : 'deaf';
  }

  /** The owner gives the link up and says so to the peer. Does not call onFail. */
  abandon(error: BhattiError): void {
    this.lost(error);
    this.#send(BREAK);
    this.#sendClose(LINK, error);
  }

  /** @param why asked only when there is a stream to tell: an error takes a waking guest milliseconds to make */
  #drop(why: () => BhattiError): void {
    this.#epoch = '';
    this.#congested = false;
    this.#waiting.clear();
    if (this.#streams.size === 0) return;
    const error = why();
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    this.#requests.clear();
    for (const stream of streams) stream.receiveClose(error);
  }

  /** Gives the link up because of the peer, and tells it. */
  #fail(error: BhattiError, tell: boolean): void {
    if (tell) this.abandon(error);
    else this.lost(error);
    this.#options.onFail(error);
  }

  #onFault(fault: FrameFault): void {
    if (this.#state === 'up') this.#fail(broken(fault, 'its bytes are no frames'), true);
  }

  #onFrame(header: Header, payload: Uint8Array): void {
    const first = this.#afterBreak;
    this.#afterBreak = false;
    if (header.stream === LINK) this.#onLinkFrame(header.kind, payload, first);
    else if (this.#state === 'up') this.#onStreamFrame(header, payload);
  }

  #onLinkFrame(kind: Kind, payload: Uint8Array, first: boolean): void {
    if (this.#state === 'dead') return;
    if (kind === HELLO && first) {
      if (this.#options.role === 'host') this.#onGuestHello(payload, this.#options);
      else this.#onHostHello(payload, this.#options);
    } else if (kind === CLOSE) this.#onLinkClose(payload);
    else if (this.#state === 'up') this.#fail(broken('frame.invalid', 'a frame of the link itself is misplaced'), true);
  }

  #onGuestHello(payload: Uint8Array, options: HostOptions): void {
    const resuming = this.#state === 'resuming';
    if (this.#state !== 'greeting' && !resuming) return;
    const hello = parse(payload, schema.guestHello);
    if (hello instanceof Error || hello.epoch !== this.#epoch) return;
    if (hello.version !== PROTOCOL_VERSION) {
      this.#fail(otherVersion(hello.version), false);
      return;
    }
    this.#state = 'up';
    options.onHello(hello);
    if (resuming) this.#goOn(hello.streams ?? []);
  }

  #goOn(points: readonly GuestPoint[]): void {
    const kept = new Map(points.map((point) => [point.id, point]));
    this.#congested = false;
    for (const id of this.#closedMeanwhile) if (kept.has(id)) this.#sendClose(id);
    this.#closedMeanwhile.clear();
    for (const stream of [...this.#streams.values()]) {
      const { id } = stream;
      const point = kept.get(id);
      const request = this.#requests.get(id);
      if (point !== undefined) stream.goOn(point);
      else if (request !== undefined && stream.isUntouched) {
        this.#sendJson(OPEN, id, request);
        stream.goOn({ id, messages: 0, received: 0, ended: false });
      } else this.#lose(stream);
    }
    this.drained();
  }

  #lose(stream: Stream<R>): void {
    this.#forget(stream);
    stream.receiveClose(lost('the guest agent started anew'));
  }

  #forget(stream: Stream<R>): void {
    this.#streams.delete(stream.id);
    this.#requests.delete(stream.id);
    this.#waiting.delete(stream);
  }

  #onHostHello(payload: Uint8Array, options: GuestOptions): void {
    const hello = parse(payload, schema.hostHello);
    if (hello instanceof Error) {
      this.#fail(broken('frame.invalid', hello.message), true);
      return;
    }
    if (hello.epoch === this.#epoch) return;
    // A greeting of an earlier image that it did not read any more.
    if (hello.epoch === this.#again?.epoch && hello.again !== this.#again.image) return;
    this.#again = null;
    this.#drop(() => lost('another host connection took over'));
    this.#epoch = hello.epoch;
    this.#state = 'greeted';
    options.onHello(hello);
  }

  #onLinkClose(payload: Uint8Array): void {
    const body = parse(payload, schema.closeBody);
    const again = body instanceof Error || body.again?.epoch !== this.#epoch ? undefined : body.again;
    if (this.#options.role === 'host' && again !== undefined) this.#again = again;
    if (this.#state === 'greeting' && this.#options.role === 'host') {
      this.#greetGuest(this.#options);
      return;
    }
    if (this.#state !== 'up' && this.#state !== 'resuming') return;
    if (this.#options.role === 'host' && again !== undefined) {
      this.#beginAnew(this.#options);
      return;
    }
    const error = body instanceof Error ? broken('frame.invalid', body.message) : body.error;
    this.#fail(error ? BhattiError.fromBody(error) : lost('the other side closed it'), false);
  }

  /** Until the guest's hello nothing is sent: what it may not have got is sent again then. */
  #beginAnew(options: HostOptions): void {
    this.#state = 'resuming';
    this.#congested = true;
    this.#greetGuest(options);
    options.onAgain?.();
  }

  #onStreamFrame({ kind, stream: id }: Header, payload: Uint8Array): void {
    if (kind === OPEN) {
      this.#onOpen(id, payload);
      return;
    }
    if (kind === HELLO) {
      this.#fail(broken('frame.invalid', 'a HELLO is misplaced'), true);
      return;
    }
    const stream = this.#streams.get(id);
    if (!stream) return; // closed on this side while these bytes were under way
    if (kind === CLOSE) {
      this.#onClose(stream, payload);
      return;
    }
    if (kind === MESSAGE) {
      this.#onMessage(stream, payload);
      return;
    }
    const channel = payload[0] ?? -1;
    if (!isChannel(channel)) stream.violate(`there is no channel ${channel}`);
    else if (kind === END) stream.receiveEnd(channel);
    else if (kind === CREDIT) stream.receiveCredit(channel, creditOf(payload));
  }

  #onData(id: number, channel: number, content: Uint8Array): void {
    this.#afterBreak = false;
    if (this.#state !== 'up') return;
    if (id === LINK) {
      this.#fail(broken('frame.invalid', 'a frame of the link itself is misplaced'), true);
      return;
    }
    const stream = this.#streams.get(id);
    if (!stream) return; // closed on this side while these bytes were under way
    if (isChannel(channel)) stream.receiveData(channel, content);
    else stream.violate(`there is no channel ${channel}`);
  }

  #onOpen(id: number, payload: Uint8Array): void {
    if (this.#options.role !== 'guest') {
      this.#fail(broken('frame.invalid', 'only hosts open streams'), true);
      return;
    }
    if (this.#streams.has(id)) {
      this.#fail(broken('frame.invalid', `stream ${id} was opened twice`), true);
      return;
    }
    if (this.#streams.size >= STREAMS_MAX) {
      this.#sendClose(id, tooManyStreams());
      return;
    }
    const request = parse(payload, schema.request);
    const stream = new Stream<'guest'>(id, 'guest', this.#outlet as Outlet<Role>);
    this.#streams.set(id, stream as Stream<Role> as Stream<R>);
    if (request instanceof Error) {
      stream.violate(request.message, 'request.invalid');
      return;
    }
    try {
      this.#options.onStream(stream, request);
    } catch (cause) {
      stream.fail(cause instanceof BhattiError ? cause : bug(cause));
    }
  }

  #onMessage(stream: Stream<R>, payload: Uint8Array): void {
    const shape: Shape<unknown> = this.#options.role === 'host' ? schema.guestMessage : schema.hostMessage;
    const message = parse(payload, shape);
    if (message instanceof Error) stream.violate(message.message);
    else stream.receiveMessage(message as Received<R>);
  }

  #onClose(stream: Stream<R>, payload: Uint8Array): void {
    this.#forget(stream);
    const body = parse(payload, schema.closeBody);
    if (body instanceof Error) stream.receiveClose(broken('stream.protocol', body.message));
    else stream.receiveClose(body.error && BhattiError.fromBody(body.error));
  }

  #makeOutlet(): Outlet<R> {
    const isCongested = (): boolean => this.#congested;
    const isPaused = (): boolean => this.#state === 'resuming';
    return {
      get congested() {
        return isCongested();
      },
      get paused() {
        return isPaused();
      },
      data: (id, channel, bytes) => this.#sendData(id, channel, bytes),
      dataInPlace: (id, channel, frame, size) => {
        const content = frame.subarray(DATA_HEAD_SIZE, DATA_HEAD_SIZE + size);
        if (safePrefix(content, this.#options.probe) === size) this.#send(wrapData(frame, id, channel, size), id);
        else this.#sendData(id, channel, content);
      },
      credit: (id, channel, size) => this.#send(encodeCredit(id, channel, size), id),
      end: (id, channel) => this.#send(encodeEnd(id, channel), id),
      message: (id, message: Sent<R>) => this.#sendJson(MESSAGE, id, message),
      close: (id, error) => {
        const stream = this.#streams.get(id);
        if (!stream) return;
        this.#forget(stream);
        if (isPaused()) this.#closedMeanwhile.add(id);
        this.#sendClose(id, error);
      },
      await: (stream) => {
        this.#waiting.add(stream);
      },
    };
  }

  #sendData(id: number, channel: Channel, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const rest = bytes.subarray(at, at + DATA_SIZE_MAX);
      const size = safePrefix(rest, this.#options.probe);
      this.#send(encodeData(id, channel, rest.subarray(0, size)), id);
      at += size;
    }
  }

  #sendJson(kind: Kind, id: number, document: unknown): void {
    const frame = encodeJson(kind, id, document);
    if (!frame) throw tooLarge();
    this.#send(frame, id);
  }

  #sendClose(id: number, error?: BhattiError, again?: Again): void {
    const body: CloseBody = { ...(error ? { error: clip(error) } : {}), ...(again === undefined ? {} : { again }) };
    this.#sendJson(CLOSE, id, body);
  }

  #greet(hello: HostHello | GuestHello): void {
    this.#epoch = hello.epoch;
    this.#send(BREAK);
    this.#sendJson(HELLO, LINK, hello);
  }

  #send(bytes: Uint8Array, stream: number = LINK): void {
    if (stream !== LINK && this.#state === 'resuming') return;
    if (!this.#options.send(bytes)) this.#congested = true;
  }

  #freeId(): number {
    while (this.#streams.has(this.#nextId)) this.#nextId = this.#nextId === STREAM_ID_MAX ? 1 : this.#nextId + 1;
    const id = this.#nextId;
    this.#nextId = id === STREAM_ID_MAX ? 1 : id + 1;
    return id;
  }
}

function isChannel(number: number): number is Channel {
  return number === 0 || number === 1 || number === 2;
}

function parse<T>(payload: Uint8Array, shape: Shape<T>): T | Error {
  try {
    return shape(JSON.parse(decoder.decode(payload)), '');
  } catch (error) {
    return error instanceof Error ? error : new Error('out of memory');
  }
}
