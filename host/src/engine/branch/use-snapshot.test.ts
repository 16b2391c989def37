import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { VmRecord } from '../vm/folder.ts';
import { recoverDisk } from './use-snapshot.ts';

test('layers that a daemon which died had just made, or no longer names, go; all others stay', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'bhatti-disk-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const name of ['image', 'base-1.qcow2', 'disk.qcow2', 'disk-0123abcd.qcow2', 'vm.json'])
    await writeFile(join(folder, name), '');
  const layers = ['image', 'disk.qcow2'].map((name) => ({ path: join(folder, name), format: 'qcow2' as const }));
  const record = { layers } as unknown as VmRecord;
  assert.equal(await recoverDisk(folder, await readdir(folder), record, false), record);
  assert.deepEqual((await readdir(folder)).sort(), ['disk.qcow2', 'image', 'vm.json']);
});
