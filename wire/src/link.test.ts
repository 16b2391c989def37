import assert from 'node:assert/strict';
import test from 'node:test';
import type { BhattiError } from './errors.ts';
import { Link } from './link.ts';
import type { GuestHello, HostHello, Request } from './messages.ts';
import type { Stream, StreamHandlers } from './stream.ts';

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
export function guestLink(
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

/** Both ends joined without a delay. */
function pair(serve: (stream: Stream<'guest'>, request: Request) => void) {
  const failures: BhattiError[] = [];
  const guest = guestLink((bytes) => (host.link.receive(bytes), true), serve, failures);
  const host = hostLink('e1', (bytes) => (guest.receive(bytes), true), failures);
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
  assert.equal(Buffer.concat(seen.chunks).toString(), 'hello');
  assert.deepEqual([seen.ends, seen.closed], [1, [undefined]]);
  assert.deepEqual([host.streamCount, stream.closed], [0, true]);
});

test('content that looks like a BREAK arrives as it is', () => {
  const { host, failures } = pair(echo);
  const seen = collect();
  const stream = host.open({ op: 'connect', port: 80 }, seen.handlers);
  const content = new Uint8Array(200_000).fill(0xba);
  stream.write(0, content);
  assert.deepEqual(failures, []);
  assert.deepEqual(new Uint8Array(Buffer.concat(seen.chunks)), content);
});
