import assert from 'node:assert/strict';
import test from 'node:test';
import { ByteQueue, Queue } from './queue.ts';

async function all<T>(queue: Queue<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of queue) values.push(value);
  return values;
}

test('values come in order, those put in before anybody reads too', async () => {
  const queue = new Queue<number>();
  queue.push(1);
  const read = all(queue);
  queue.push(2);
  setImmediate(() => {
    queue.push(3);
    queue.end();
  });
  assert.deepEqual(await read, [1, 2, 3]);
});

test('an error comes after what was put in before it', async () => {
  const queue = new Queue<number>();
  queue.push(1);
  queue.end(new Error('gone'));
  queue.end();
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const value of queue) seen.push(value);
  }, /gone/);
  assert.deepEqual(seen, [1]);
});

test('bytes that wait are read as one piece, and a copy of it outlives it', async () => {
  const queue = new ByteQueue();
  const pieces = queue[Symbol.asyncIterator]();
  const bytes = Uint8Array.of(1, 2);
  queue.push(bytes);
  bytes.fill(9); // the memory that was pushed is its owner's
  queue.push(Uint8Array.of(3));
  const first = (await pieces.next()).value ?? new Uint8Array(0);
  const kept = first.slice();
  for (const more of [4, 5, 6]) {
    queue.push(Uint8Array.of(more));
    assert.deepEqual([...((await pieces.next()).value ?? [])], [more]);
  }
  assert.deepEqual([...kept], [1, 2, 3]);
  queue.push(new Uint8Array(100_000).fill(7));
  queue.end();
  assert.equal((await pieces.next()).value?.length, 100_000);
  assert.equal((await pieces.next()).done, true);
});
