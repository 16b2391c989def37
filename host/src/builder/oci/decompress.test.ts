import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { BadRoot } from '../root/root-tree.ts';
import { unpack } from './decompress.ts';

const folder = mkdtempSync(join(tmpdir(), 'bhatti-unpack-'));
after(() => rmSync(folder, { recursive: true }));
const MIB = 1024 * 1024;
const never = new AbortController().signal;

const packs = { none: (b: Buffer) => b, gzip: (b: Buffer) => gzipSync(b), zstd: (b: Buffer) => zstdCompressSync(b) };
for (const [name, pack] of Object.entries(packs)) {
  test(`${name} in the middle of a file is unpacked, with its digest`, async () => {
    const path = join(folder, `${name}.bin`);
    const packed = pack(Buffer.from('hello'));
    writeFileSync(path, Buffer.concat([Buffer.alloc(100), packed, Buffer.alloc(100)]));
    const made = await unpack({ path, offset: 100, size: packed.length }, `${path}.out`, MIB, never);
    assert.equal(readFileSync(made.path, 'utf8'), 'hello');
    assert.equal(made.digest, 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
  });

  test(`a bomb of ${name} ends at the limit`, async () => {
    const path = join(folder, `${name}.bomb`);
    writeFileSync(path, pack(Buffer.alloc(64 * MIB)));
    const from = { path, offset: 0, size: statSync(path).size };
    await assert.rejects(unpack(from, `${path}.out`, MIB, never), (error) => error instanceof BadRoot);
    assert.ok(statSync(`${path}.out`).size <= 2 * MIB);
  });
}
