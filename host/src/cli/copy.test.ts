import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { landing } from './copy.ts';

type Kind = 'file' | 'directory' | undefined;
const rows: [from: string, kind: 'file' | 'directory', to: string, toKind: Kind, expected: string][] = [
  ['/a/x.txt', 'file', 'y.txt', undefined, 'y.txt'],
  ['/a/x.txt', 'file', 'y.txt', 'file', 'y.txt'],
  ['/a/x.txt', 'file', 'out', 'directory', 'out/x.txt'],
  ['/a/x.txt', 'file', '.', 'directory', 'x.txt'],
  ['/a/dir', 'directory', 'new', undefined, 'new'],
  ['/a/dir', 'directory', 'out', 'directory', 'out/dir'],
  ['/a/dir/', 'directory', 'out', 'directory', 'out/dir'],
  ['/a/dir/.', 'directory', 'out', 'directory', 'out'],
  ['.', 'directory', '/workspace', 'directory', '/workspace'],
  ['..', 'directory', '/workspace', undefined, '/workspace'],
];
for (const [from, kind, to, toKind, expected] of rows) {
  test(`${kind} ${from} to ${toKind ?? 'missing'} ${to} lands at ${expected}`, () => {
    assert.equal(landing(from, kind, to, toKind), expected);
  });
}

test('a directory replaces no file, and a name with a slash is a directory', () => {
  const code = (does: () => unknown): string => {
    try {
      does();
    } catch (error) {
      if (error instanceof BhattiError) return error.code;
    }
    return 'none';
  };
  assert.equal(
    code(() => landing('/a', 'directory', 'x', 'file')),
    'file.not-directory',
  );
  assert.equal(
    code(() => landing('/a', 'file', 'x/', undefined)),
    'file.not-found',
  );
});
