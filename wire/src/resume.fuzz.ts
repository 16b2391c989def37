import assert from 'node:assert/strict';
import { fuzz } from './fuzz-rounds.ts';
import { FuzzWire, patternByte, QUEUE_FULL } from './fuzz-wire.ts';
import { Link } from './link.ts';
import type { GuestHello, GuestPoint, HostPoint } from './messages.ts';
import { Retained } from './retained.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Stream } from './stream.ts';

const OUTPUTS = [1, 2] as const;
const STREAMS = 4;
const SIZE_MAX = 3_000_000;

const pattern = (stream: number, from: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, n) => patternByte(stream, from + n));

function check(bytes: Uint8Array, stream: number, from: number): void {
  for (let at = 0; at < bytes.length; at += 61) assert.equal(bytes[at], patternByte(stream, from + at));
}

/** A host's end: writes its input and messages, checks both outputs. */
class HostEnd {
  readonly stream: Stream<'host'>;
  sent = 0;
  messages = 0;
  ended = false;
  readonly got: [number, number] = [0, 0];
  readonly #owed: [number, number] = [0, 0];

  constructor(link: Link<'host'>) {
    this.stream = link.open(
      { op: 'exec', argv: ['x'], env: {}, stdin: true },
      {
        onData: (channel, bytes) => {
          const n = channel === 1 ? 0 : 1;
          check(bytes, this.stream.id, this.got[n]);
          this.got[n] += bytes.length;
          this.#owed[n] += bytes.length;
        },
        onClose: assert.ifError,
      },
    );
  }

  act(random: SeededRandom): void {
    const room = Math.min(this.stream.writable(0), SIZE_MAX - this.sent);
    if (!this.ended && room > 0 && random.chance(60)) {
      const size = 1 + random.below(Math.min(room, 200_000));
      this.stream.write(0, pattern(this.stream.id, this.sent, size));
      this.sent += size;
    }
    if (this.messages < 1000 && random.chance(10)) {
      this.messages++;
      this.stream.message({ is: 'resize', rows: this.messages, cols: 1 });
    }
    if (!this.ended && random.chance(1)) {
      this.ended = true;
      this.stream.end(0);
    }
    if (random.chance(50)) this.settle();
  }

  settle(): void {
    for (const channel of OUTPUTS) {
      this.stream.consumed(channel, this.#owed[channel - 1] ?? 0);
      this.#owed[channel - 1] = 0;
    }
  }
}

/** What of a guest's stream outlives the guest, and what does not. */
class GuestEnd {
  readonly id: number;
  stream: Stream<'guest'>;
  /** Durable: dealt with. */
  taken = 0;
  messages = 0;
  ended = false;
  readonly made: [number, number] = [0, 0];
  /** Lost with the guest. */
  #got = 0;
  #endCame = false;
  #sent: [number, number] = [0, 0];

  constructor(stream: Stream<'guest'>) {
    this.id = stream.id;
    this.stream = stream;
    this.#handle();
  }

  get point(): GuestPoint {
    return { id: this.id, messages: this.messages, received: this.taken, ended: this.ended };
  }

  #handle(): void {
    this.stream.handle({
      onData: (_, bytes) => {
        check(bytes, this.id, this.#got);
        this.#got += bytes.length;
      },
      onEnd: () => {
        assert.ok(!this.ended, 'END came twice');
        this.#endCame = true;
      },
      onMessage: (message) => {
        if (message.is === 'resize') assert.equal(message.rows, ++this.messages);
      },
      onClose: assert.ifError,
    });
  }

  resume(stream: Stream<'guest'>, host: HostPoint): void {
    this.stream = stream;
    this.#got = this.taken;
    this.#endCame = this.ended;
    this.#sent = [host.received[0] ?? 0, host.received[1] ?? 0];
    this.#handle();
  }

  act(random: SeededRandom): void {
    for (const channel of OUTPUTS) {
      const n = channel - 1;
      const sent = this.#sent[n] ?? 0;
      const room = Math.min(this.stream.writable(channel), SIZE_MAX - sent);
      if (room === 0 || random.chance(40)) continue;
      const size = 1 + random.below(Math.min(room, 200_000));
      this.stream.write(channel, pattern(this.id, sent, size));
      this.#sent[n] = sent + size;
      this.made[n] = Math.max(this.made[n] ?? 0, sent + size);
    }
    if (random.chance(50)) this.settle(random.below(this.#got - this.taken + 1));
    if (random.chance(2)) this.stream.widen(0);
  }

  settle(size: number = this.#got - this.taken): void {
    this.stream.consumed(0, size);
    this.taken += size;
    if (this.#endCame && this.taken === this.#got) this.ended = true;
  }

  /** Sends what the host has not got. */
  catchUp(): void {
    for (const channel of OUTPUTS) {
      const n = channel - 1;
      const sent = this.#sent[n] ?? 0;
      const size = Math.min(this.stream.writable(channel), (this.made[n] ?? 0) - sent);
      this.stream.write(channel, pattern(this.id, sent, size));
      this.#sent[n] = sent + size;
    }
  }
}

/** A guest that begins anew again and again, with a host that stays. */
class World {
  readonly random: SeededRandom;
  readonly toGuest = new FuzzWire();
  readonly toHost = new FuzzWire();
  readonly hosts: HostEnd[] = [];
  readonly guests = new Map<number, GuestEnd>();
  readonly host: Link<'host'>;
  #guest: Link<'guest'>;
  #images = 0;

  constructor(random: SeededRandom) {
    this.random = random;
    this.#guest = this.#makeGuest();
    this.host = new Link<'host'>({
      role: 'host',
      send: (bytes) => this.toGuest.put(bytes),
      greeting: () => ({ version: 1, epoch: 'e', entropy: '', timeMs: 0 }),
      onHello: () => undefined,
      retain: () => new Retained(),
      onFail: assert.ifError,
    });
    this.host.start();
  }

  #makeGuest(): Link<'guest'> {
    const link: Link<'guest'> = new Link<'guest'>({
      role: 'guest',
      send: (bytes) => this.#guest !== link || this.toHost.put(bytes),
      onHello: ({ epoch, streams = [] }) => {
        const kept = streams.flatMap((host) => {
          const end = this.guests.get(host.id);
          return end === undefined ? [] : [{ host, end }];
        });
        const about = { lohar: '0', arch: 'x86_64', clockSource: 'tsc', uptimeMs: 0, booted: true, report: [] };
        const hello: GuestHello = { version: 1, epoch, ...about, streams: kept.map(({ end }) => end.point) };
        link.hello(hello);
        for (const { host, end } of kept) end.resume(link.takeUp(host, end.ended), host);
      },
      onStream: (stream) => this.guests.set(stream.id, new GuestEnd(stream)),
      onFail: assert.ifError,
    });
    return link;
  }

  /** What it had read and not looked at, and what it had to say and not said, is lost. */
  #beginAnew(): void {
    this.toGuest.take(this.random.below(this.toGuest.size + 1));
    this.toHost.cut(this.random.below(this.toHost.size + 1));
    this.#guest = this.#makeGuest();
    this.#guest.start({ epoch: 'e', image: String(this.#images++) });
  }

  step(): void {
    const { random } = this;
    const size = 1 + random.below(random.chance(50) ? 200_000 : 2000);
    const dice = random.below(100);
    if (dice < 35) this.#deliver(size, 0);
    else if (dice < 70) this.#deliver(0, size);
    else if (dice < 72) this.#beginAnew();
    else if (dice < 76 && this.host.up && this.hosts.length < STREAMS) this.hosts.push(new HostEnd(this.host));
    else if (this.hosts.length > 0 && random.chance(50)) random.pick(this.hosts).act(random);
    else if (this.guests.size > 0) random.pick([...this.guests.values()]).act(random);
  }

  #deliver(toGuest: number, toHost: number): void {
    this.#guest.receive(this.toGuest.take(toGuest));
    this.host.receive(this.toHost.take(toHost));
    if (this.random.chance(5) && !this.host.up) this.host.start(); // it greets again: the guest is slow
    if (this.toGuest.size < QUEUE_FULL) this.host.drained();
    if (this.toHost.size < QUEUE_FULL) this.#guest.drained();
  }

  finish(): void {
    for (let round = 0; round < 200; round++) {
      while (this.toGuest.size + this.toHost.size > 0) this.#deliver(100_000, 100_000);
      for (const end of this.hosts) end.settle();
      for (const end of this.guests.values()) {
        end.settle();
        end.catchUp();
      }
    }
  }
}

fuzz('a guest that begins anew anywhere loses and doubles no byte, no message and no end', 8, (random) => {
  const world = new World(random);
  for (let n = 0; n < 600; n++) world.step();
  world.finish();
  assert.ok(world.host.up);
  for (const host of world.hosts) {
    const guest = world.guests.get(host.stream.id);
    assert.ok(guest !== undefined, 'a stream was not opened');
    const seen = { taken: guest.taken, messages: guest.messages, ended: guest.ended, got: host.got };
    const said = { taken: host.sent, messages: host.messages, ended: host.ended, got: guest.made };
    assert.deepEqual(seen, said);
  }
});
