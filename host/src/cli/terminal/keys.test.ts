import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { Keys } from './keys.ts';

/** What was written to a stream has been read. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function all(keys: Keys): Promise<string> {
  let text = '';
  for await (const bytes of keys) text += Buffer.from(bytes).toString('latin1');
  return text;
}

test('keys come in order, also those typed before anybody reads them, and end with the input', async () => {
  const source = new PassThrough();
  const keys = new Keys(source, () => assert.fail('nobody left'));
  source.write('a');
  await turn();
  source.write('b');
  await turn();
  const typed = all(keys);
  source.write('c');
  await turn();
  source.end('d');
  assert.equal(await typed, 'abcd');
  assert.equal(keys.left, false);
});

test('the detach key is heard while nobody reads, and ends the keys before it', async () => {
  const source = new PassThrough();
  let left = 0;
  const keys = new Keys(source, () => left++);
  source.write('a\x1cb');
  await turn();
  source.write('c\x1c');
  await turn();
  assert.equal(left, 1);
  assert.equal(keys.left, true);
  assert.equal(await all(keys), 'a');
});

test('a large paste waits in the terminal, and all of it comes', async () => {
  const source = new PassThrough();
  const keys = new Keys(source, () => assert.fail('nobody left'));
  const paste = 'x'.repeat(300_000);
  source.end(paste);
  await turn();
  assert.ok(source.isPaused());
  assert.equal((await all(keys)).length, paste.length);
});
