import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { qcow2Overlay } from './qcow2.ts';

const GIB = 1024 ** 3;
const qemuImg = (...args: string[]): string => execFileSync('qemu-img', args, { encoding: 'utf8' });

for (const virtualSize of [512, 64 * 1024, 512 * 1024 ** 2, 8 * GIB, 8 * GIB + 512, 2048 * GIB, 5000 * GIB])
  test(`qemu-img finds no fault in an overlay of ${virtualSize} bytes and sees what its own would be`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'bhatti-qcow2-'));
    try {
      const base = join(folder, 'base');
      writeFileSync(base, '');
      truncateSync(base, virtualSize);
      const ours = join(folder, 'ours.qcow2');
      const theirs = join(folder, 'theirs.qcow2');
      writeFileSync(ours, qcow2Overlay({ virtualSize, backing: { path: base, format: 'raw' } }));
      qemuImg('create', '-q', '-f', 'qcow2', '-b', base, '-F', 'raw', theirs, String(virtualSize));
      assert.match(qemuImg('check', '--output=json', ours), /"check-errors": 0/);
      assert.doesNotMatch(qemuImg('check', '--output=json', ours), /corruptions|leaks/);
      const info = (file: string) => {
        const all = JSON.parse(qemuImg('info', '--output=json', file));
        return [
          all['virtual-size'],
          all.format,
          all['backing-filename'],
          all['backing-filename-format'],
          all['cluster-size'],
        ];
      };
      assert.deepEqual(info(ours), info(theirs));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

test('an overlay takes writes and shows the rest of what lies under it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-qcow2-'));
  try {
    const base = join(folder, 'base');
    writeFileSync(base, Buffer.alloc(1024 * 1024, 'b'));
    const disk = join(folder, 'disk.qcow2');
    writeFileSync(disk, qcow2Overlay({ virtualSize: 1024 * 1024, backing: { path: base, format: 'raw' } }));
    execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write -P 0x61 65536 4096', '-c', 'read -P 0x62 0 65536', disk]);
    const flat = execFileSync('qemu-io', [
      '-f',
      'qcow2',
      '-c',
      'read -P 0x61 65536 4096',
      '-c',
      'read -P 0x62 69632 4096',
      disk,
    ]);
    assert.doesNotMatch(String(flat), /verification failed/);
    assert.match(qemuImg('check', disk), /No errors were found/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('refuses sizes and names that the format cannot hold', () => {
  const backing = { path: '/x', format: 'raw' } as const;
  assert.throws(() => qcow2Overlay({ virtualSize: 1000, backing }), /not a disk size: 1000/);
  assert.throws(() => qcow2Overlay({ virtualSize: 0, backing }), /not a disk size/);
  const path = `/${'x'.repeat(1023)}`;
  assert.throws(() => qcow2Overlay({ virtualSize: 512, backing: { path, format: 'raw' } }), /too long/);
});
