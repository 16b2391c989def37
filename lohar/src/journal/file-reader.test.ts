import assert from 'node:assert/strict';
import test from 'node:test';
import { Composer, type Sender } from './compose.ts';
import { FileReader, type Source } from './file-reader.ts';

const encoder = new TextEncoder();
const base = [['_BOOT_ID', 'b1']] as const;
const nginx: Sender = { fields: [['_SYSTEMD_UNIT', 'nginx.service']] };
const other: Sender = { fields: [['_SYSTEMD_UNIT', 'other.service']] };

class Memory implements Source {
  readonly bytes: Uint8Array;
  read_ = 0;
  constructor(text: string) {
    this.bytes = encoder.encode(text);
  }
  get size() {
    return this.bytes.length;
  }
  /** Short reads on purpose. */
  read(into: Uint8Array, offset: number): number {
    const part = this.bytes.subarray(offset, offset + Math.min(into.length, 50_000));
    into.set(part);
    this.read_ += part.length;
    return part.length;
  }
}

/** `count` messages; every tenth by another sender. */
function file(count: number, length = 20): Memory {
  const composer = new Composer(0);
  let text = '';
  for (let i = 0; i < count; i++) {
    const at = { realtimeUs: 1_795_442_905_000_000 + i * 1000, monotonicUs: i * 1000 };
    const draft = { priority: 6, identifier: 'x', pid: 1, message: `${i} ${'é'.repeat(length)}`, fields: [] };
    text += composer.message(i % 10 === 0 ? other : nginx, base, at, i + 1, draft);
  }
  return new Memory(text);
}

const numbers = (entries: Iterable<{ record: { seq: number } }>) => [...entries].map((entry) => entry.record.seq);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

for (const [name, count, length] of [
  ['empty', 0, 1],
  ['one line', 1, 1],
  ['one window', 50, 20],
  ['many windows', 6000, 40],
  ['lines longer than a window', 40, 60_000],
] as const)
  test(`${name}: every entry, in both directions, with its context`, () => {
    const reader = new FileReader(file(count, length));
    assert.deepEqual(numbers(reader.forward()), upTo(count));
    assert.deepEqual(numbers(reader.backward()), upTo(count).reverse());
    for (const entry of reader.backward())
      assert.equal(entry.get('_SYSTEMD_UNIT'), (entry.record.seq - 1) % 10 === 0 ? 'other.service' : 'nginx.service');
  });

test('a torn last line and a foreign one are passed over', () => {
  const whole = new TextDecoder().decode(file(3).bytes);
  const reader = new FileReader(new Memory(`${whole.slice(0, -5)}`));
  assert.deepEqual(numbers(reader.backward()), [2, 1]);
  assert.deepEqual(numbers(reader.forward()), [1, 2]);
  assert.deepEqual(numbers(new FileReader(new Memory(`garbage\n${whole}`)).forward()), [1, 2, 3]);
});

test('halving finds the first entry of a time', () => {
  const memory = file(6000, 40);
  const reader = new FileReader(memory);
  for (const wanted of [1, 2, 777, 3000, 5999, 6000]) {
    const offset = reader.bisect((entry) => entry.record.seq >= wanted);
    assert.equal(numbers(reader.forward(offset))[0], wanted);
  }
  assert.equal(
    reader.bisect(() => false),
    memory.size,
  );
});

test('backward from an offset ends before the line there', () => {
  const reader = new FileReader(file(6000, 40));
  const offset = reader.bisect((entry) => entry.record.seq >= 3000);
  assert.equal(numbers(reader.backward(offset))[0], 2999);
});

test('the last five lines cost as much in a large file as in a small one', () => {
  const memory = file(100_000, 40);
  const reader = new FileReader(memory);
  const last: number[] = [];
  for (const entry of reader.backward()) {
    entry.get('_SYSTEMD_UNIT');
    last.push(entry.record.seq);
    if (last.length === 5) break;
  }
  assert.deepEqual(last, [100_000, 99_999, 99_998, 99_997, 99_996]);
  assert.ok(memory.read_ < 400_000, `${memory.read_} bytes were read`);
});
