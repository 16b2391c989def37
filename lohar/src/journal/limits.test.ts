import assert from 'node:assert/strict';
import test from 'node:test';
import { type Bounds, filesToDelete, limitsFor, type StoredFile } from './limits.ts';

const MIB = 1024 * 1024;
const file = (key: string, size: number, mtimeMs: number, archivedFrom?: number): StoredFile => ({
  name: archivedFrom === undefined ? `${key}.log` : `${key}.log.${archivedFrom}`,
  key,
  size,
  mtimeMs,
  ...(archivedFrom === undefined ? {} : { archivedFrom }),
});
const files = [
  file('a.service', 100, 50),
  file('a.service', 100, 30, 300),
  file('a.service', 100, 10, 100),
  file('b.service', 100, 40, 200),
  file('b.service', 100, 5),
  file('system', 100, 1),
];
const rows: [name: string, bounds: Bounds, deleted: string[]][] = [
  ['all fits', { totalBytes: 600, files: 10 }, []],
  ['one byte too many takes the oldest', { totalBytes: 599, files: 10 }, ['a.service.log.100']],
  ['three must go', { totalBytes: 300, files: 10 }, ['a.service.log.100', 'b.service.log.200', 'a.service.log.300']],
  ['active files stay', { totalBytes: 0, files: 10 }, ['a.service.log.100', 'b.service.log.200', 'a.service.log.300']],
  ['by age', { totalBytes: 600, files: 10, olderThanMs: 35 }, ['a.service.log.100', 'a.service.log.300']],
  [
    'too many files',
    { totalBytes: 600, files: 2 },
    ['a.service.log.100', 'b.service.log.200', 'a.service.log.300', 'b.service.log'],
  ],
];
for (const [name, bounds, deleted] of rows)
  test(name, () =>
    assert.deepEqual(
      filesToDelete(files, bounds).map((f) => f.name),
      deleted,
    ),
  );

test('limits follow the file system', () => {
  assert.deepEqual(limitsFor(8192 * MIB), {
    fileBytes: Math.floor((8192 * MIB) / 160),
    totalBytes: Math.floor((8192 * MIB) / 10),
    keepFreeBytes: Math.floor((8192 * MIB) / 20),
    files: 512,
  });
  assert.equal(limitsFor(100_000 * MIB).totalBytes, 1024 * MIB);
  assert.equal(limitsFor(MIB).totalBytes, 4 * MIB);
});
