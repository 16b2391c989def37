import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { exampleSandbox } from '../core/example-sandbox.ts';
import { openStore } from '../store/sqlite-store.ts';
import { lockDataDirectory } from './lock.ts';
import { restore } from './restore.ts';
import { STORE_FILE } from './store-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'bhatti-restore-'));
after(() => rmSync(folder, { recursive: true }));
const A = 'a'.repeat(16);
const B = 'b'.repeat(16);
let count = 0;

/** A data directory with sandbox a, a backup of that, then sandbox b as well. */
async function withBackup(): Promise<{ dataDir: string; copy: string; names(): Promise<string[]> }> {
  const dataDir = join(folder, String(++count));
  mkdirSync(join(dataDir, 'engine/vms', A), { recursive: true });
  const copy = join(dataDir, 'copy');
  const store = await openStore(join(dataDir, STORE_FILE));
  await store.sandboxes.insert(exampleSandbox(A, 'a'));
  const writes = Array.from({ length: 50 }, (_, n) => store.sandboxes.update(A, { reason: String(n) }, n));
  await Promise.all([store.copyTo(copy), ...writes]);
  await store.sandboxes.insert(exampleSandbox(B, 'b'));
  await store.close();
  const names = async (): Promise<string[]> => {
    const open = await openStore(join(dataDir, STORE_FILE));
    return (await open.sandboxes.list().finally(() => open.close())).map(({ name }) => name);
  };
  return { dataDir, copy, names };
}

const refused = (code: string) => (error: unknown) => error instanceof BhattiError && error.code === code;

test('a backup that was made while others wrote is put back, and the store of before is kept', async () => {
  const { dataDir, copy, names } = await withBackup();
  assert.deepEqual(await names(), ['a', 'b']);
  const { before, ...restored } = await restore(dataDir, copy, false);
  assert.deepEqual(restored, { sandboxes: 1, lost: [] });
  assert.deepEqual(await names(), ['a']);
  const old = await openStore(before);
  assert.equal((await old.sandboxes.list().finally(() => old.close())).length, 2);
});

test('sandboxes made since the backup are not given up unless that is asked for', async () => {
  const { dataDir, copy, names } = await withBackup();
  mkdirSync(join(dataDir, 'engine/vms', B));
  await assert.rejects(restore(dataDir, copy, false), refused('store.invalid'));
  assert.deepEqual(await names(), ['a', 'b']);
  await restore(dataDir, copy, true);
  assert.deepEqual(await names(), ['a']);
});

test('sandboxes of the backup whose disks are gone are named', async () => {
  const { dataDir, copy } = await withBackup();
  rmSync(join(dataDir, 'engine/vms', A), { recursive: true });
  assert.deepEqual((await restore(dataDir, copy, false)).lost, ['a']);
});

const bad: [name: string, text: string][] = [
  ['a text', 'hello, I am a text '.repeat(100)],
  ['an empty file', ''],
];
for (const [name, text] of bad) {
  test(`${name} is refused and the store stays`, async () => {
    const { dataDir, names } = await withBackup();
    const file = join(dataDir, 'bad');
    writeFileSync(file, text);
    await assert.rejects(restore(dataDir, file, false), refused('store.invalid'));
    await assert.rejects(restore(dataDir, join(dataDir, 'none'), false), refused('store.invalid'));
    assert.deepEqual(await names(), ['a', 'b']);
  });
}

test('nothing is restored under a daemon that runs', async () => {
  const { dataDir, copy, names } = await withBackup();
  const held = lockDataDirectory(dataDir);
  try {
    await assert.rejects(restore(dataDir, copy, false), refused('daemon.running'));
  } finally {
    held.release();
  }
  assert.deepEqual(await names(), ['a', 'b']);
});
