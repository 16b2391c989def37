import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { STORE_FILE, storeFile } from './store-file.ts';

test('no daemon begins with an empty store beside sandboxes that are there', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'bhatti-store-'));
  t.after(() => rm(dataDir, { recursive: true }));
  const path = join(dataDir, STORE_FILE);
  assert.equal(await storeFile(dataDir), path);
  await mkdir(join(dataDir, 'engine/vms/0123456789abcdef'), { recursive: true });
  const isLost = (error: unknown): boolean =>
    error instanceof BhattiError && error.code === 'store.invalid' && /knows the 1 sandboxes here$/.test(error.message);
  await assert.rejects(storeFile(dataDir), isLost);
  await writeFile(path, '');
  await assert.rejects(storeFile(dataDir), isLost);
  await writeFile(path, 'SQLite format 3');
  assert.equal(await storeFile(dataDir), path);
});
