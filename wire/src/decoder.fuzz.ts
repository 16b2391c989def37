import assert from 'node:assert/strict';
import { BREAK, BreakFinder, safePrefix } from './break.ts';
import { Decoder, type FrameSink } from './decoder.ts';
import { DATA, encodeCredit, encodeData, encodeEnd, encodeJson, type Header, MESSAGE, readHeader } from './frame.ts';
import { fuzz } from './fuzz-rounds.ts';
import { BREAK_BYTE, BREAK_SIZE, DATA_SIZE_MAX, HEADER_SIZE, PAYLOAD_SIZE_MAX, TRAILER_SIZE } from './limits.ts';
import type { SeededRandom } from './seeded-random.ts';

const HELD_MAX = HEADER_SIZE + PAYLOAD_SIZE_MAX + TRAILER_SIZE;

/** Bytes rich in BREAK_BYTE: runs of every length around BREAK_SIZE among other bytes. */
function runs(random: SeededRandom): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let n = random.below(8); n >= 0; n--) {
    const length = random.chance(50) ? BREAK_SIZE - 2 + random.below(5) : random.below(3 * BREAK_SIZE);
    parts.push(new Uint8Array(length).fill(BREAK_BYTE), random.bytes(random.below(20)));
    if (random.chance(50)) parts.push(new Uint8Array(1 + random.below(2000)));
  }
  return Buffer.concat(parts);
}

/** Where BREAKs end, by looking at every byte. */
function breakEnds(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  let run = 0;
  bytes.forEach((byte, at) => {
    if (byte !== BREAK_BYTE && run >= BREAK_SIZE) ends.push(at);
    run = byte === BREAK_BYTE ? run + 1 : 0;
  });
  return ends;
}

function randomFrame(random: SeededRandom): Uint8Array {
  const stream = 1 + random.below(random.chance(50) ? 5 : 0xffff_ffff);
  const channel = random.pick([0, 1, 2] as const);
  const kind = random.below(4);
  if (kind === 0) return encodeCredit(stream, channel, random.below(0xffff_ffff));
  if (kind === 1) return encodeEnd(stream, channel);
  if (kind === 2) return encodeJson(MESSAGE, stream, { is: 'x'.repeat(random.below(300)) }) ?? new Uint8Array(0);
  const size = 1 + random.below(random.chance(10) ? DATA_SIZE_MAX : 3000);
  const content = random.chance(30) ? new Uint8Array(size).fill(BREAK_BYTE) : random.bytes(Math.min(size, 5000));
  return encodeData(stream, channel, content.subarray(0, safePrefix(content)));
}

/** Keeps what a decoder says; content that follows each other on one channel is one entry, however it was cut. */
class Log implements FrameSink {
  readonly seen: string[] = [];
  #channel = '';
  onFrame(header: Header, payload: Uint8Array): void {
    this.#say(`${header.kind} ${header.stream} ${Buffer.from(payload).toString('hex')}`);
  }
  onData(stream: number, channel: number, content: Uint8Array): void {
    const hex = Buffer.from(content).toString('hex');
    const name = `data ${stream} ${channel} `;
    if (this.#channel === name) this.seen.push(this.seen.pop() + hex);
    else this.#say(name + hex);
    this.#channel = name;
  }
  onBreak(): void {
    this.#say('break');
  }
  onFault(fault: string): void {
    this.#say(fault);
  }
  #say(what: string): void {
    this.seen.push(what);
    this.#channel = '';
  }
}

/** What these frames are, read one by one. */
function entries(frames: readonly Uint8Array[]): string[] {
  const log = new Log();
  for (const frame of frames) {
    const header = readHeader(frame, 0);
    assert.ok(typeof header === 'object');
    const payload = frame.subarray(HEADER_SIZE, HEADER_SIZE + header.size);
    if (header.kind === DATA) log.onData(header.stream, payload[0] ?? -1, payload.subarray(1));
    else log.onFrame(header, payload);
  }
  return log.seen;
}

function decodeAll(pieces: readonly Uint8Array[]): string[] {
  const log = new Log();
  const decoder = new Decoder(log);
  for (const piece of pieces) {
    decoder.push(piece);
    assert.ok(decoder.held <= HELD_MAX, `holds ${decoder.held} bytes`);
  }
  return log.seen;
}

fuzz('BREAKs are found wherever they lie and however the stream is cut', 300, (random) => {
  const bytes = runs(random);
  const found: number[] = [];
  const finder = new BreakFinder();
  let before = 0;
  for (const piece of random.pieces(bytes, 3000)) {
    for (let from = 0; ; ) {
      const hit = finder.find(piece, from);
      if (!hit) break;
      found.push(before + hit.end);
      from = hit.end;
    }
    before += piece.length;
  }
  assert.deepEqual(found, breakEnds(bytes));
});

fuzz('content is cut into frames that hold no BREAK', 300, (random) => {
  const bytes = runs(random);
  for (let rest: Uint8Array = bytes; rest.length > 0; ) {
    const size = safePrefix(rest);
    assert.ok(size > 0);
    assert.deepEqual(breakEnds(Buffer.concat([rest.subarray(0, size), new Uint8Array(1)])), []);
    rest = rest.subarray(size);
  }
});

fuzz('frames come out as they went in', 100, (random) => {
  const frames = Array.from({ length: random.below(30) }, () => randomFrame(random));
  const whole = frames.length === 0 ? [] : ['break', ...entries(frames)]; // a BREAK counts once something follows it
  assert.deepEqual(decodeAll([BREAK, ...frames]), whole);
  assert.deepEqual(decodeAll(random.pieces(Buffer.concat([BREAK, ...frames]), 70_000)), whole);
});

fuzz('after a cut anywhere a BREAK brings back step, and nothing false comes before it', 300, (random) => {
  const old = Buffer.concat([BREAK, ...Array.from({ length: 1 + random.below(5) }, () => randomFrame(random))]);
  const cut = old.subarray(0, random.below(old.length + 1));
  const halfBreak = BREAK.subarray(0, random.chance(30) ? random.below(BREAK_SIZE) : 0);
  const fresh = Array.from({ length: random.below(5) }, () => randomFrame(random));
  const seen = decodeAll(random.pieces(Buffer.concat([cut, halfBreak, BREAK, ...fresh]), 5000));
  const before = decodeAll([old]);
  const after = decodeAll([BREAK, ...fresh]);
  const expectAfter = fresh.length > 0 ? after : []; // a BREAK counts once something follows it
  const tail = expectAfter.length > 0 ? seen.slice(-expectAfter.length) : [];
  assert.deepEqual(tail, expectAfter);
  const head = seen.slice(0, seen.length - expectAfter.length);
  const last = head.pop() ?? '';
  assert.deepEqual(head, before.slice(0, head.length));
  assert.ok((before[head.length] ?? '').startsWith(last), 'the last may be content that was cut');
});

fuzz('random and mutated bytes never throw nor pile up', 300, (random) => {
  const frames = Array.from({ length: 1 + random.below(10) }, () => randomFrame(random));
  const bytes = Buffer.concat([BREAK, ...frames, random.chance(50) ? random.bytes(random.below(5000)) : BREAK]);
  for (let n = random.below(20); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
  decodeAll(random.pieces(bytes.subarray(random.below(bytes.length)), 5000));
});
