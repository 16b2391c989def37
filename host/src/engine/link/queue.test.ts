import assert from 'node:assert/strict';
import test from 'node:test';
import { Queue } from './queue.ts';

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
