import assert from 'node:assert/strict';
import test from 'node:test';
import type { Fd } from '@bhatti/runtime/sys.ts';
import { decodeBytes, encodeBytes } from '../journal/text.ts';
import { RECORD_SIZE_MAX, RecordFile } from './record-file.ts';

/** A file in memory whose writer can be cut off. */
class MemoryFile {
  bytes: Uint8Array;
  /** Writes that still reach the file. */
  writesLeft: number;

  constructor(bytes: Uint8Array = new Uint8Array(0), writesLeft: number = Number.POSITIVE_INFINITY) {
    this.bytes = bytes;
    this.writesLeft = writesLeft;
  }
  pread(_fd: Fd, into: Uint8Array, at: number): number {
    const part = this.bytes.subarray(at, at + into.length);
    into.set(part);
    return part.length;
  }
  pwrite(_fd: Fd, bytes: Uint8Array, at: number): number {
    if (this.writesLeft-- <= 0) throw new Error('killed');
    const size = Math.max(this.bytes.length, at + bytes.length);
    const next = new Uint8Array(size);
    next.set(this.bytes);
    next.set(bytes, at);
    this.bytes = next;
    return bytes.length;
  }
  encode(text: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(encodeBytes(text));
  }
  decode(bytes: Uint8Array): string {
    return decodeBytes(bytes);
  }
}

function open(file: MemoryFile): { records: RecordFile; found: Map<string, string> } {
  const records = new RecordFile(file, 3);
  return { records, found: records.read() };
}

test('the next image reads what the last one put, without what it removed', () => {
  const file = new MemoryFile();
  const { records } = open(file);
  records.put('a', 'one');
  records.put('b', 'two\nlines');
  records.put('a', 'three');
  records.put('c', 'gone');
  records.remove('c');
  const after = open(file);
  assert.deepEqual(
    [...after.found],
    [
      ['a', 'three'],
      ['b', 'two\nlines'],
    ],
  );
  after.records.put('b', 'x'.repeat(5000));
  assert.equal(open(file).found.get('b'), 'x'.repeat(5000));
});

test('places are used again: the file does not grow with changes', () => {
  const file = new MemoryFile();
  const { records } = open(file);
  for (let i = 0; i < 1000; i++) {
    records.put(`unit ${i % 7}`, 'x'.repeat((i * 37) % 3000));
    if (i % 5 === 0) records.remove(`unit ${(i + 3) % 7}`);
  }
  assert.ok(file.bytes.length < 128 * 1024, `${file.bytes.length} bytes`);
});

test('a writer that ends between any two writes leaves every record whole, old or new', () => {
  const texts = (round: number) => ['a'.repeat(round * 400), 'b'.repeat(100)];
  for (let writes = 1; writes < 14; writes++) {
    const file = new MemoryFile();
    const { records } = open(file);
    for (const text of texts(1)) records.put(text[0] ?? '', text);
    file.writesLeft = writes - 1;
    assert.throws(() => {
      for (let round = 2; round < 20; round++) for (const text of texts(round)) records.put(text[0] ?? '', text);
    });
    const { found } = open(new MemoryFile(file.bytes));
    assert.deepEqual([...found.keys()].sort(), ['a', 'b']);
    assert.match(found.get('a') ?? '', /^(a{400})+$/);
    assert.match(found.get('b') ?? '', /^b{100}$/);
  }
});

test('what is too large is not kept, and not half of it either', () => {
  const file = new MemoryFile();
  const { records } = open(file);
  assert.equal(records.put('a', 'small'), true);
  assert.equal(records.put('a', 'x'.repeat(RECORD_SIZE_MAX)), false);
  assert.equal(open(file).found.has('a'), false);
});

const strange: [name: string, bytes: Uint8Array][] = [
  ['another version', encodeBytes('bhatti kept 0\n'.padEnd(2000, 'x'))],
  ['nothing', new Uint8Array(0)],
  ['noise', Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)],
];
for (const [name, bytes] of strange)
  test(`a file of ${name} is begun anew`, () => {
    const file = new MemoryFile(bytes);
    const { records, found } = open(file);
    assert.equal(found.size, 0);
    records.put('a', 'one');
    assert.equal(open(file).found.get('a'), 'one');
  });
