import assert from 'node:assert/strict';
import test from 'node:test';
import { BREAK } from './break.ts';
import type { BhattiError } from './errors.ts';
import {
  CLOSE,
  CREDIT,
  DATA,
  encodeCredit,
  encodeData,
  encodeEnd,
  encodeJson,
  HELLO,
  type Kind,
  MESSAGE,
  OPEN,
} from './frame.ts';
import { DATA_SIZE_MAX, STREAMS_MAX, WINDOW_TO_GUEST, WINDOW_TO_GUEST_MAX, WINDOW_TO_HOST_MAX } from './limits.ts';
import { Link } from './link.ts';
import type { GuestHello, HostHello, Request } from './messages.ts';
import { type Stream, type StreamHandlers, WRITABLE_LEAST_MAX } from './stream.ts';

const entropy = 'AAAA';
const hostHello = (epoch: string): HostHello => ({ version: 1, epoch, entropy, timeMs: 1.5 });
const guestHello = (epoch: string): GuestHello => ({
  version: 1,
  epoch,
  lohar: '0.1.0',
  arch: 'x86_64',
  clockSource: 'tsc',
  uptimeMs: 12.5,
  booted: true,
  report: [],
});

/** A guest that answers every hello and hands its streams to `serve`; its bytes go to `out`. */
function guestLink(
  out: (bytes: Uint8Array) => boolean,
  serve: (stream: Stream<'guest'>, request: Request) => void,
  failures: BhattiError[] = [],
): Link<'guest'> {
  const link: Link<'guest'> = new Link<'guest'>({
    role: 'guest',
    send: out,
    onHello: (hello) => link.hello(guestHello(hello.epoch)),
    onStream: serve,
    onFail: (error) => failures.push(error),
  });
  return link;
}

function hostLink(epoch: string, out: (bytes: Uint8Array) => boolean, failures: BhattiError[] = []) {
  const hellos: GuestHello[] = [];
  const link: Link<'host'> = new Link<'host'>({
    role: 'host',
    send: out,
    greeting: () => hostHello(epoch),
    onHello: (hello) => hellos.push(hello),
    onFail: (error) => failures.push(error),
  });
  return { link, hellos };
}

/** A transport that is never full. */
const into =
  (take: (bytes: Uint8Array) => unknown) =>
  (bytes: Uint8Array): boolean => {
    take(bytes);
    return true;
  };

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Both ends joined without a delay. */
function pair(serve: (stream: Stream<'guest'>, request: Request) => void) {
  const failures: BhattiError[] = [];
  const guest = guestLink(
    into((bytes) => host.link.receive(bytes)),
    serve,
    failures,
  );
  const host = hostLink(
    'e1',
    into((bytes) => guest.receive(bytes)),
    failures,
  );
  host.link.start();
  return { guest, host: host.link, hellos: host.hellos, failures };
}

/** Serves `connect` streams by sending back what comes. */
function echo(stream: Stream<'guest'>): void {
  stream.handle({
    onData: (channel, bytes) => {
      stream.write(channel, bytes.slice());
      stream.consumed(channel, bytes.length);
    },
    onEnd: (channel) => {
      stream.end(channel);
      stream.close();
    },
  });
}

function collect(): {
  handlers: StreamHandlers<'host'>;
  chunks: Uint8Array[];
  ends: number;
  closed: (BhattiError | undefined)[];
} {
  const seen = { chunks: [] as Uint8Array[], ends: 0, closed: [] as (BhattiError | undefined)[] };
  const handlers: StreamHandlers<'host'> = {
    onData: (_, bytes) => seen.chunks.push(bytes.slice()),
    onEnd: () => seen.ends++,
    onClose: (error) => seen.closed.push(error),
  };
  return Object.assign(seen, { handlers });
}

test('hello, one stream, bytes both ways, end, close', () => {
  const { host, hellos } = pair(echo);
  assert.equal(hellos.length, 1);
  const seen = collect();
  const stream = host.open({ op: 'connect', port: 80 }, seen.handlers);
  stream.write(0, new TextEncoder().encode('hello'));
  stream.end(0);
  assert.equal(new TextDecoder().decode(concat(seen.chunks)), 'hello');
  assert.deepEqual([seen.ends, seen.closed], [1, [undefined]]);
  assert.deepEqual([host.streamCount, stream.closed], [0, true]);
});

test('content that looks like a BREAK arrives as it is', () => {
  const { host, failures } = pair(echo);
  const seen = collect();
  const stream = host.open({ op: 'connect', port: 80 }, seen.handlers);
  const content = new Uint8Array(200_000).fill(0xba);
  for (let at = 0; at < content.length; ) {
    const room = stream.writable(0);
    stream.write(0, content.subarray(at, at + room));
    at += room;
  }
  assert.deepEqual(failures, []);
  assert.deepEqual(concat(seen.chunks), content);
});

/** A host link that is up, with what it sent since and a way to speak for its guest. */
function hostAlone() {
  const failures: BhattiError[] = [];
  const sent: Uint8Array[] = [];
  const { link, hellos } = hostLink(
    'e1',
    into((bytes) => sent.push(bytes)),
    failures,
  );
  link.start();
  link.receive(BREAK);
  link.receive(json(HELLO, 0, guestHello('e1')));
  return { link, hellos, failures, sent };
}

function json(kind: Kind, stream: number, document: unknown): Uint8Array {
  const frame = encodeJson(kind, stream, document);
  assert.ok(frame);
  return frame;
}

const CONNECT: Request = { op: 'connect', port: 80 };
const full = new Uint8Array(DATA_SIZE_MAX);

const violations: [name: string, frames: readonly Uint8Array[], code: string, message: RegExp][] = [
  ['DATA after END', [encodeEnd(1, 1), encodeData(1, 1, full)], 'stream.protocol', /after its END/],
  ['END twice', [encodeEnd(1, 1), encodeEnd(1, 1)], 'stream.protocol', /END on channel 1 twice/],
  ['more DATA than credit', Array(5).fill(encodeData(1, 1, full)), 'stream.protocol', /more DATA on channel 1/],
  ['CREDIT that was not due', [encodeCredit(1, 0, WINDOW_TO_GUEST_MAX)], 'stream.protocol', /CREDIT on channel 0/],
  ['a fourth channel', [encodeData(1, 3 as 2, full)], 'stream.protocol', /no channel 3/],
  ['an unknown message', [json(MESSAGE, 1, { is: 'hurrah' })], 'stream.protocol', /\.is must be a known name/],
  [
    'a message of the wrong shape',
    [json(MESSAGE, 1, { is: 'exit', exit: { code: 'no' } })],
    'stream.protocol',
    /code must be/,
  ],
  ['a CLOSE of the wrong shape', [json(CLOSE, 1, { error: 7 })], 'stream.protocol', /error must be an object/],
  [
    'an error that this side does not know',
    [json(CLOSE, 1, { error: { code: 'new', message: 'm', remedy: 'r' } })],
    'internal',
    /^m$/,
  ],
];
for (const [name, frames, code, message] of violations) {
  test(`${name} ends the stream and not the link`, () => {
    const { link, failures } = hostAlone();
    const seen = collect();
    link.open(CONNECT, seen.handlers);
    for (const frame of frames) link.receive(frame);
    assert.deepEqual([seen.closed.map((error) => error?.code), failures, link.up], [[code], [], true]);
    assert.match(seen.closed[0]?.message ?? '', message);
    link.receive(encodeData(1, 1, full)); // still under way when the stream ended
    assert.equal(link.open(CONNECT, {}).closed, false);
  });
}

const faults: [name: string, frames: readonly Uint8Array[], code: string][] = [
  ['bytes that are no frame', [Uint8Array.of(0, 0, 0, 2, 99, 0, 0, 0, 1)], 'frame.invalid'],
  ['a frame that is too long', [Uint8Array.of(0, 4, 0, 2, DATA, 0, 0, 0, 1)], 'frame.too-long'],
  ['a CREDIT of the wrong length', [Uint8Array.of(0, 0, 0, 4, CREDIT, 0, 0, 0, 1)], 'frame.invalid'],
  ['a frame without its last zero', [encodeEnd(1, 1).fill(1, 10)], 'frame.invalid'],
  ['a guest that opens streams', [json(OPEN, 1, CONNECT)], 'frame.invalid'],
  ['a HELLO inside a stream', [json(HELLO, 1, guestHello('e1'))], 'frame.invalid'],
  ['a HELLO without a BREAK', [json(HELLO, 0, guestHello('e1'))], 'frame.invalid'],
  ['a message to the link itself', [json(MESSAGE, 0, {})], 'frame.invalid'],
  [
    'a CLOSE of the link',
    [BREAK, json(CLOSE, 0, { error: { code: 'link.lost', message: 'm', remedy: 'r' } })],
    'link.lost',
  ],
];
for (const [name, frames, code] of faults) {
  test(`${name} ends the link and its streams`, () => {
    const { link, failures } = hostAlone();
    const seen = collect();
    link.open(CONNECT, seen.handlers);
    for (const frame of frames) link.receive(frame);
    assert.deepEqual([seen.closed.map((error) => error?.code), failures.map((error) => error.code)], [[code], [code]]);
    assert.deepEqual([link.up, link.streamCount], [false, 0]);
    assert.throws(() => link.open(CONNECT, {}), { code: 'link.lost' });
  });
}

test('a host waits for the hello of its own epoch', () => {
  const { link, hellos } = hostLink('e2', () => true);
  link.start();
  link.receive(encodeData(1, 1, full).subarray(1000));
  for (const epoch of ['e1', 'e2']) {
    link.receive(BREAK);
    link.receive(json(HELLO, 0, guestHello(epoch)));
    assert.equal(link.up, epoch === 'e2');
  }
  assert.equal(hellos.length, 1);
});

test('a guest of another protocol version is refused with its number', () => {
  const failures: BhattiError[] = [];
  const { link } = hostLink('e1', () => true, failures);
  link.start();
  link.receive(BREAK);
  link.receive(json(HELLO, 0, { ...guestHello('e1'), version: 9 }));
  assert.deepEqual(
    failures.map((error) => error.message),
    ['cannot talk to the guest: it speaks protocol 9, not 1'],
  );
});

test('a guest that starts anew is greeted again, and does not take the repetition for a new host', () => {
  const opened: number[] = [];
  const toHost: Uint8Array[] = [];
  const toGuest: Uint8Array[] = [];
  const guest = guestLink(
    into((bytes) => toHost.push(bytes)),
    (stream) => {
      opened.push(stream.id);
      echo(stream);
    },
  );
  const { link, hellos } = hostLink(
    'e1',
    into((bytes) => toGuest.push(bytes)),
  );
  link.start();
  guest.start();
  const deliver = (): void => {
    for (const bytes of toHost.splice(0)) link.receive(bytes);
    for (const bytes of toGuest.splice(0)) guest.receive(bytes);
  };
  deliver();
  deliver();
  const seen = collect();
  link.open(CONNECT, seen.handlers);
  deliver();
  deliver();
  assert.deepEqual([hellos.length, opened, seen.closed], [1, [1], []]);
});

test('a new host ends the streams of the one before', () => {
  const closed: (string | undefined)[] = [];
  const guest = guestLink(
    () => true,
    (stream) => stream.handle({ onClose: (error) => closed.push(error?.code) }),
  );
  for (const epoch of ['e1', 'e2']) {
    guest.receive(BREAK);
    guest.receive(json(HELLO, 0, hostHello(epoch)));
    guest.receive(json(OPEN, 1, CONNECT));
  }
  assert.deepEqual([closed, guest.streamCount], [['link.lost'], 1]);
});

test('streams are limited on both sides, and room comes back', () => {
  const { host, guest } = pair((stream) => stream.handle({}));
  const streams = Array.from({ length: STREAMS_MAX }, () => host.open(CONNECT, {}));
  assert.throws(() => host.open(CONNECT, {}), { code: 'stream.limit' });
  streams[7]?.close();
  host.open(CONNECT, {});
  assert.equal(guest.streamCount, STREAMS_MAX);
});

test('a guest refuses one stream too many and a request it cannot read', () => {
  const answers: Uint8Array[] = [];
  const guest = guestLink(
    into((bytes) => answers.push(bytes)),
    (stream) => stream.handle({}),
  );
  guest.receive(BREAK);
  guest.receive(json(HELLO, 0, hostHello('e')));
  answers.length = 0;
  guest.receive(json(OPEN, 1000, { op: 'format-disk' }));
  for (let id = 1; id <= STREAMS_MAX + 1; id++) guest.receive(json(OPEN, id, CONNECT));
  const codes = answers.map((frame) => /"code":"([^"]+)"/.exec(new TextDecoder().decode(frame))?.[1]);
  assert.deepEqual(codes, ['request.invalid', 'stream.limit']);
});

test('credit: a sender stops at the window and goes on when the reader has read', () => {
  let guestStream: Stream<'guest'> | undefined;
  let unread = 0;
  const { host } = pair((stream) => {
    guestStream = stream;
    stream.handle({
      onData: (_, bytes) => {
        unread += bytes.length;
      },
    });
  });
  let woken = 0;
  const stream = host.open(CONNECT, { onWritable: () => woken++ });
  while (stream.writable(0) > 0) stream.write(0, new Uint8Array(Math.min(10_000, stream.writable(0))));
  assert.deepEqual([unread, woken], [WINDOW_TO_GUEST, 0]);
  assert.throws(() => stream.write(0, new Uint8Array(1)), RangeError);
  guestStream?.consumed(0, 1000); // too little for a CREDIT of its own
  assert.equal(stream.writable(0), 0);
  guestStream?.consumed(0, WINDOW_TO_GUEST - 1000);
  assert.deepEqual([stream.writable(0), woken], [WINDOW_TO_GUEST, 1]);
  assert.throws(() => guestStream?.consumed(0, 1), RangeError);
});

test('credit: who waits for room for much is not woken for little', () => {
  let guestStream: Stream<'guest'> | undefined;
  const { host } = pair((stream) => {
    guestStream = stream;
    stream.handle({ onData: () => undefined });
  });
  let woken = 0;
  const stream = host.open(CONNECT, { onWritable: () => woken++ });
  stream.write(0, new Uint8Array(WINDOW_TO_GUEST - 100));
  assert.deepEqual([stream.writable(0), stream.writable(0, WRITABLE_LEAST_MAX)], [100, 0]);
  guestStream?.consumed(0, WINDOW_TO_GUEST / 4);
  assert.equal(woken, 0);
  guestStream?.consumed(0, WINDOW_TO_GUEST / 4);
  assert.deepEqual([woken, stream.writable(0, WRITABLE_LEAST_MAX)], [1, WINDOW_TO_GUEST / 2 + 100]);
});

test('content of DATA goes on before its frame is whole', () => {
  const came: number[] = [];
  const { guest, host } = pair((stream) => stream.handle({ onData: (_, bytes) => came.push(...bytes) }));
  const { id } = host.open(CONNECT, {});
  const frame = encodeData(id, 0, Uint8Array.of(1, 2, 3));
  guest.receive(frame.subarray(0, 12));
  assert.deepEqual(came, [1, 2]);
  guest.receive(frame.subarray(12));
  assert.deepEqual(came, [1, 2, 3]);
});

test('credit: a reader that keeps up gets a wider window, once', () => {
  let guestStream: Stream<'guest'> | undefined;
  const { host } = pair((stream) => {
    guestStream = stream;
    stream.handle({ onData: () => undefined });
  });
  const stream = host.open(CONNECT, {});
  stream.write(0, new Uint8Array(5000));
  guestStream?.consumed(0, 2000);
  for (let n = 0; n < 3; n++) guestStream?.widen(0);
  assert.equal(stream.writable(0), WINDOW_TO_GUEST_MAX - 3000);
  guestStream?.consumed(0, 3000);
  stream.write(0, new Uint8Array(WINDOW_TO_GUEST_MAX - 3000));
  guestStream?.consumed(0, WINDOW_TO_GUEST_MAX - 3000);
  assert.equal(stream.writable(0), WINDOW_TO_GUEST_MAX);
});

test('credit: a host that reads a long file has room for more than a guest', () => {
  let guestStream: Stream<'guest'> | undefined;
  const { host } = pair((stream) => {
    guestStream = stream;
    stream.handle({});
  });
  const stream = host.open(CONNECT, { onData: () => undefined });
  stream.widen(1);
  assert.equal(guestStream?.writable(1), WINDOW_TO_HOST_MAX);
  guestStream?.write(1, new Uint8Array(WINDOW_TO_HOST_MAX));
  stream.consumed(1, WINDOW_TO_HOST_MAX / 2);
  assert.equal(guestStream?.writable(1), WINDOW_TO_HOST_MAX / 2);
});

test('a full transport stops all streams, and they go on in turn', () => {
  let room = true;
  const { link } = hostLink('e1', () => room);
  link.start();
  link.receive(BREAK);
  link.receive(json(HELLO, 0, guestHello('e1')));
  const order: number[] = [];
  const streams = [0, 1, 2].map((n) =>
    link.open(CONNECT, {
      onWritable: () => {
        order.push(n);
        streams[n]?.write(0, new Uint8Array(10));
      },
    }),
  );
  room = false;
  streams[0]?.write(0, new Uint8Array(10));
  assert.deepEqual(
    streams.map((stream) => stream.writable(0)),
    [0, 0, 0],
  );
  link.drained(); // the first one fills it again
  assert.deepEqual([order, streams.map((stream) => stream.writable(0))], [[0], [0, 0, 0]]);
  room = true;
  link.drained();
  assert.deepEqual(order, [0, 1, 2, 0]);
});

test('a handler that throws costs its stream and not the link', () => {
  const { link, failures } = hostAlone();
  const seen = collect();
  link.open(CONNECT, {
    ...seen.handlers,
    onData: () => {
      throw new Error('boom');
    },
  });
  link.receive(encodeData(1, 1, full));
  assert.deepEqual([seen.closed.map((error) => error?.message), failures], [['cannot go on: Error: boom'], []]);
});

test('a request that is too long is refused before it is sent', () => {
  const { link, sent } = hostAlone();
  const before = sent.length;
  assert.throws(() => link.open({ op: 'file.stat', path: 'x'.repeat(300_000) }, {}), { code: 'request.too-large' });
  assert.deepEqual([sent.length, link.streamCount], [before, 0]);
});

test('after its own close a stream is silent', () => {
  const { link } = hostAlone();
  const seen = collect();
  const stream = link.open(CONNECT, seen.handlers);
  stream.close();
  link.receive(encodeData(1, 1, full));
  link.receive(json(CLOSE, 1, {}));
  link.lost();
  stream.write(0, full);
  stream.message({ is: 'detach' });
  assert.deepEqual([seen.chunks, seen.closed], [[], []]);
});
