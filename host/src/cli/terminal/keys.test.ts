import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import type { Channel } from '../client/web-socket.ts';
import { Keys } from './keys.ts';

/** What was written to a stream has been read. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function listener(): Channel & { heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    async *messages() {},
    send: async (data) => void heard.push(typeof data === 'string' ? data : Buffer.from(data).toString('latin1')),
    close: () => {},
  };
}

test('keys typed while no daemon is there reach the next one, once and in order', async () => {
  const source = new PassThrough();
  const keys = new Keys(source);
  const [first, second] = [listener(), listener()];
  keys.join(first);
  source.write('a');
  await turn();
  keys.part();
  source.write('b');
  await turn();
  source.write('c');
  await turn();
  keys.join(second);
  source.write('d');
  await turn();
  assert.deepEqual([first.heard, second.heard], [['\0a'], ['\0b', '\0c', '\0d']]);
  assert.equal(keys.left, false);
});

test('the detach key leaves, with a daemon and without one', async () => {
  const [source, apart] = [new PassThrough(), new PassThrough()];
  const channel = listener();
  const keys = new Keys(source);
  keys.join(channel);
  source.write('a\x1cb');
  await turn();
  assert.deepEqual(channel.heard, ['\0a', '{"type":"detach"}']);
  assert.equal(keys.left, true);

  const waiting = new Keys(apart);
  apart.write('\x1c');
  await turn();
  assert.equal(waiting.left, true);
});

test('an input that ends while apart is told to the next daemon', async () => {
  const source = new PassThrough();
  const keys = new Keys(source);
  const channel = listener();
  source.end('a');
  await turn();
  await turn();
  keys.join(channel);
  assert.deepEqual(channel.heard, ['\0a', '{"type":"end"}']);
});
