import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { imageDigest } from './image-digest.ts';

const MIB = 1 << 20;

test('the digest follows the content, not the holes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-digest-'));
  try {
    const sparse = join(folder, 'sparse');
    writeFileSync(sparse, '');
    truncateSync(sparse, 64 * MIB);
    const file = openSync(sparse, 'r+');
    writeSync(file, Buffer.alloc(5000, 1), 0, 5000, 3 * MIB + 100);
    writeSync(file, Buffer.from('end'), 0, 3, 64 * MIB - 3);
    const full = join(folder, 'full');
    execFileSync('cp', ['--sparse=never', sparse, full]);
    assert.ok(statSync(sparse).blocks < statSync(full).blocks);
    const digest = await imageDigest(sparse);
    assert.match(digest, /^[0-9a-f]{64}$/);
    assert.equal(await imageDigest(full), digest);

    writeSync(file, Buffer.from([1]), 0, 1, 40 * MIB);
    const changed = await imageDigest(sparse);
    assert.notEqual(changed, digest, 'one byte more');
    writeSync(file, Buffer.from([0]), 0, 1, 40 * MIB);
    writeSync(file, Buffer.from([1]), 0, 1, 41 * MIB);
    assert.notEqual(await imageDigest(sparse), changed, 'the same byte elsewhere');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
