import assert from 'node:assert/strict';
import fs from 'node:fs';
import { BREAK } from './break.ts';
import { BhattiError } from './errors.ts';
import { CLOSE, encodeData, encodeJson, HELLO, type Kind, MESSAGE, OPEN } from './frame.ts';
import { fuzz } from './fuzz-rounds.ts';
import { FuzzWire, patternByte, QUEUE_FULL } from './fuzz-wire.ts';
import {
  DATA_SIZE_MAX,
  HEADER_SIZE,
  PAYLOAD_SIZE_MAX,
  STREAMS_MAX,
  TRAILER_SIZE,
  WINDOW_TO_HOST_MAX,
} from './limits.ts';
import { Link } from './link.ts';
import type { Channel, GuestHello } from './messages.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Stream } from './stream.ts';

function guestHello(epoch: string): GuestHello {
  const about = { lohar: '0', arch: 'x86_64', clockSource: 'tsc', uptimeMs: 0, booted: true, report: [] };
  return { version: 1, epoch, ...about };
}

/** One side of one stream: sends the pattern, checks the pattern, gives credit back when it likes. */
class Talker {
  readonly stream: Stream<'host'> | Stream<'guest'>;
  readonly sent: [number, number, number] = [0, 0, 0];
  readonly got: [number, number, number] = [0, 0, 0];
  readonly ends: Channel[] = [];
  readonly #owed: [number, number, number] = [0, 0, 0];

  constructor(stream: Stream<'host'> | Stream<'guest'>) {
    this.stream = stream;
    stream.handle({
      onData: (channel, bytes) => {
        for (let at = 0; at < bytes.length; at += 61) {
          assert.equal(bytes[at], patternByte(stream.id, this.got[channel] + at), `byte ${this.got[channel] + at}`);
        }
        this.got[channel] += bytes.length;
        this.#owed[channel] += bytes.length;
        assert.ok(this.#owed[channel] <= WINDOW_TO_HOST_MAX, 'more came than a window');
      },
      onEnd: (channel) => this.ends.push(channel),
      onClose: (error) => {
        if (error?.code !== 'link.lost') assert.ifError(error);
      },
    });
  }

  act(random: SeededRandom): void {
    const channel = random.pick([0, 1, 2] as const);
    const room = this.stream.writable(channel);
    if (room > 0 && random.chance(50)) this.#write(channel, 1 + random.below(Math.min(room, 300_000)));
    if (random.chance(50)) this.settle(channel);
    if (random.chance(5)) this.stream.widen(channel);
    if (random.chance(3)) this.stream.end(channel);
    if (random.chance(2)) this.stream.close();
  }

  settle(channel: Channel): void {
    this.stream.consumed(channel, this.#owed[channel]);
    this.#owed[channel] = 0;
  }

  #write(channel: Channel, size: number): void {
    const from = this.sent[channel];
    this.stream.write(
      channel,
      Uint8Array.from({ length: size }, (_, n) => patternByte(this.stream.id, from + n)),
    );
    this.sent[channel] += size;
  }
}

/** A guest that lives on while hosts come and go; all bytes pass two wires. */
class World {
  readonly random: SeededRandom;
  readonly toGuest = new FuzzWire();
  readonly toHost = new FuzzWire();
  readonly guestSide = new Map<number, Talker>();
  hostSide = new Map<number, Talker>();
  host: Link<'host'>;
  #hosts = 0;
  readonly #guest: Link<'guest'>;

  constructor(random: SeededRandom) {
    this.random = random;
    this.#guest = new Link<'guest'>({
      role: 'guest',
      send: (bytes) => this.toHost.put(bytes),
      onHello: (hello) => {
        this.guestSide.clear();
        this.toHost.cut(random.below(this.toHost.size + 1));
        this.#guest.hello(guestHello(hello.epoch));
      },
      onStream: (stream) => this.guestSide.set(stream.id, new Talker(stream)),
      onFail: assert.ifError,
    });
    this.host = this.#connect();
  }

  #connect(): Link<'host'> {
    const epoch = `epoch ${this.#hosts++}`;
    const link: Link<'host'> = new Link<'host'>({
      role: 'host',
      send: (bytes): boolean => link !== this.host || this.toGuest.put(bytes),
      greeting: () => ({ version: 1, epoch, entropy: '', timeMs: 0 }),
      onHello: (hello) => assert.equal(hello.epoch, epoch),
      onFail: assert.ifError,
    });
    this.host = link;
    link.start();
    return link;
  }

  /** The host dies, any part of what it sent is lost, and another one connects. */
  #reconnect(): void {
    this.toGuest.cut(this.random.below(this.toGuest.size + 1));
    this.toHost.take(this.random.below(this.toHost.size + 1));
    const old = this.host;
    this.hostSide = new Map();
    this.#connect();
    old.lost();
  }

  step(): void {
    const { random } = this;
    const size = 1 + random.below(random.chance(50) ? 200_000 : 2000);
    const dice = random.below(100);
    if (dice < 40) this.#deliverToGuest(size);
    else if (dice < 65) this.#deliverToHost(size);
    else if (dice < 67) this.#reconnect();
    else if (dice < 75 && this.host.up) this.#open();
    else {
      const talkers = [...this.hostSide.values(), ...this.guestSide.values()];
      if (talkers.length > 0) random.pick(talkers).act(random);
    }
  }

  #open(): void {
    if (this.host.streamCount >= STREAMS_MAX) return;
    const stream = this.host.open({ op: 'connect', port: 1 }, {});
    this.hostSide.set(stream.id, new Talker(stream));
  }

  #deliverToGuest(max: number): void {
    this.#guest.receive(this.toGuest.take(max));
    if (this.toGuest.size < QUEUE_FULL) this.host.drained();
  }

  #deliverToHost(max: number): void {
    this.host.receive(this.toHost.take(max));
    if (this.toHost.size < QUEUE_FULL) this.#guest.drained();
  }

  /** Lets all that is under way arrive. */
  finish(): void {
    this.#deliverAll();
    for (const talker of [...this.hostSide.values(), ...this.guestSide.values()]) {
      for (const channel of [0, 1, 2] as const) talker.settle(channel);
    }
    this.#deliverAll();
  }

  #deliverAll(): void {
    while (this.toGuest.size + this.toHost.size > 0) {
      this.#deliverToGuest(100_000);
      this.#deliverToHost(100_000);
    }
  }
}

fuzz('streams survive any interleaving, hosts may die anywhere, and no byte is lost or doubled', 20, (random) => {
  const world = new World(random);
  for (let n = 0; n < 300; n++) world.step();
  world.finish();
  assert.ok(world.host.up, 'the last host got no answer');
  for (const [id, host] of world.hostSide) {
    const guest = world.guestSide.get(id);
    if (!guest || host.stream.closed || guest.stream.closed) continue;
    assert.deepEqual([guest.got, host.got], [host.sent, guest.sent]);
  }
});

/** A link of each role that is up, fed by a hostile peer. */
function victims(): { feed(bytes: Uint8Array): void; check(): void } {
  const errors: unknown[] = [];
  let held = 0;
  const onFail = (error: BhattiError): void => void errors.push(error);
  const handlers = {
    onData: (_: Channel, bytes: Uint8Array): void => {
      held += bytes.length;
    },
    onClose: (error?: BhattiError): void => void errors.push(error),
  };
  const guest: Link<'guest'> = new Link<'guest'>({
    role: 'guest',
    send: () => true,
    onHello: (hello) => guest.hello(guestHello(hello.epoch)),
    onStream: (stream) => stream.handle(handlers),
    onFail,
  });
  const host: Link<'host'> = new Link<'host'>({
    role: 'host',
    send: () => true,
    greeting: () => ({ version: 1, epoch: 'e', entropy: '', timeMs: 0 }),
    onHello: () => {
      for (let n = 0; n < 3; n++) host.open({ op: 'connect', port: 1 }, handlers);
    },
    onFail,
  });
  host.start();
  host.receive(Buffer.concat([BREAK, encodeJson(HELLO, 0, guestHello('e')) ?? BREAK]));
  return {
    feed: (bytes) => {
      guest.receive(bytes);
      host.receive(bytes);
    },
    check: () => {
      assert.ok(guest.streamCount <= STREAMS_MAX && host.streamCount <= STREAMS_MAX);
      assert.ok(held <= (STREAMS_MAX + 3) * 3 * WINDOW_TO_HOST_MAX, `${held} bytes were let in`);
      for (const error of errors) assert.ok(error === undefined || error instanceof BhattiError);
    },
  };
}

const hostHello = { version: 1, epoch: 'e', entropy: 'AA==', timeMs: 1 };
const documents: readonly unknown[] = [
  hostHello,
  { ...hostHello, epoch: 'f' },
  guestHello('e'),
  { op: 'exec', argv: ['true'], env: {}, stdin: true },
  { op: 'connect', port: 99999 },
  { op: 'exec', argv: [7], env: { 'a=b': 1 }, stdin: 'yes' },
  { is: 'exit', exit: { code: 7 } },
  { is: 'signal', signal: 'SIGTERM' },
  { is: '__proto__' },
  { op: 'constructor' },
  { error: { code: 'nonsense', message: 'm', remedy: 'r' } },
  {},
  [],
  null,
  'x'.repeat(1000),
];

function hostileFrame(random: SeededRandom): Uint8Array {
  const stream = random.pick([0, 1, 2, 3, 1 + random.below(400), 0xffff_ffff]);
  if (random.chance(20)) return encodeData(stream, random.below(4) as Channel, random.bytes(1 + random.below(2000)));
  if (random.chance(10)) return encodeData(stream, 1, new Uint8Array(DATA_SIZE_MAX));
  if (random.chance(20)) return BREAK;
  const frame = encodeJson(random.pick<Kind>([HELLO, OPEN, MESSAGE, CLOSE]), stream, random.pick(documents)) ?? BREAK;
  if (random.chance(20)) new DataView(frame.buffer).setUint32(0, random.pick([0, 1, PAYLOAD_SIZE_MAX, 0xffff_ffff]));
  if (random.chance(10)) frame[HEADER_SIZE + random.below(frame.length - HEADER_SIZE)] = random.below(256);
  return random.chance(5) ? frame.subarray(0, frame.length - random.below(TRAILER_SIZE + 3)) : frame;
}

fuzz('a hostile peer gets typed errors, never a throw, never more memory than the limits', 200, (random) => {
  const { feed, check } = victims();
  const frames = Array.from({ length: random.below(200) }, () => hostileFrame(random));
  for (const piece of random.pieces(Buffer.concat(frames), 20_000)) feed(piece);
  check();
});

fuzz('the corpus of all that ever broke it', 1, (random) => {
  const folder = new URL('../../tests/corpus/wire/', import.meta.url);
  for (const file of fs.readdirSync(folder)) {
    const { feed, check } = victims();
    for (const piece of random.pieces(fs.readFileSync(new URL(file, folder)), 4096)) feed(piece);
    check();
  }
});
