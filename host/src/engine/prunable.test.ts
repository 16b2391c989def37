import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { diskBytesOf } from './prunable.ts';

const root = mkdtempSync(join(tmpdir(), 'bhatti-prunable-'));
after(() => rmSync(root, { recursive: true }));

test('a file counts once, and only when its last name goes', async () => {
  const [a, b, kept] = ['a', 'b', 'kept'].map((name) => join(root, name)) as [string, string, string];
  for (const folder of [a, b, kept]) mkdirSync(folder);
  const file = (folder: string, name: string, size: number): string => {
    writeFileSync(join(folder, name), Buffer.alloc(size, 1));
    return join(folder, name);
  };
  const own = file(a, 'own', 10_000);
  const shared = file(a, 'shared', 20_000);
  linkSync(shared, join(b, 'shared'));
  linkSync(file(a, 'image', 30_000), join(kept, 'image'));
  const used = (path: string): number => statSync(path).blocks * 512;
  const bytes = await diskBytesOf([a, b, join(root, 'none')]);
  assert.deepEqual([...bytes.values()], [used(a) + used(own) + used(shared), used(b), 0]);
});
