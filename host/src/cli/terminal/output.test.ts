import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCode } from '../client/joined.ts';
import { modeText } from '../commands/file.ts';
import { detached } from '../commands/shell.ts';
import { age, harmless, mebibytesText, seconds, table } from './output.ts';

test('columns are as wide as their widest cell, and lines end without spaces', () => {
  assert.deepEqual(
    table(
      ['A', 'LONG', 'C'],
      [
        ['xyz', '1', ''],
        ['', '22222', 'c'],
      ],
    ),
    ['A    LONG   C', 'xyz  1', '     22222  c'],
  );
});

const texts: [actual: string, expected: string][] = [
  [age('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:05Z')), '5 s'],
  [age('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:02:00Z')), '2 min'],
  [age('2026-01-01T00:00:00Z', Date.parse('2026-01-01T23:00:00Z')), '23 h'],
  [age('2026-01-01T00:00:00Z', Date.parse('2026-01-31T00:00:00Z')), '30 d'],
  [age('2026-01-01T00:00:05Z', Date.parse('2026-01-01T00:00:00Z')), '0 s'],
  [mebibytesText(512), '512 MiB'],
  [mebibytesText(1536), '1.5 GiB'],
  [mebibytesText(8192), '8 GiB'],
  [seconds(412), '0.4 s'],
  [seconds(74_600), '75 s'],
  [harmless('a\u001b[2Jb\nc'), 'a?[2Jb?c'],
  [modeText('file', 0o644), '-rw-r--r--'],
  [modeText('directory', 0o1777), 'drwxrwxrwt'],
  [modeText('file', 0o4755), '-rwsr-xr-x'],
  [modeText('file', 0o2640), '-rw-r-S---'],
  [modeText('symlink', 0o777), 'lrwxrwxrwx'],
];
for (const [actual, expected] of texts) test(`"${expected}" is written so`, () => assert.equal(actual, expected));

const codes: [name: string, exit: Parameters<typeof exitCode>[0], expected: number][] = [
  ['a code', { code: 3 }, 3],
  ['a signal', { signal: 'SIGKILL' }, 137],
  ['a signal', { signal: 'SIGTERM' }, 143],
  ['a time limit', { signal: 'SIGTERM', timedOut: true }, 124],
  ['a time limit met with a code', { code: 0, timedOut: true }, 124],
];
for (const [name, exit, expected] of codes) {
  test(`${name} (${JSON.stringify(exit)}) is exit code ${expected}`, () => assert.equal(exitCode(exit), expected));
}

test('shell goes on with the newest terminal that is detached, not with init', () => {
  const session = (id: string, startedAt: string, also: object = {}) => ({
    ...{ id, startedAt, argv: ['sh'], pid: 1, user: 'lohar', tty: true, attached: false },
    ...also,
  });
  assert.equal(
    detached([
      session('s1', '2026-01-01T00:00:01Z'),
      session('s2', '2026-01-01T00:00:02Z'),
      session('s3', '2026-01-01T00:00:03Z', { attached: true }),
      session('s4', '2026-01-01T00:00:04Z', { exit: { code: 0 } }),
      session('s5', '2026-01-01T00:00:05Z', { tty: false }),
      session('init', '2026-01-01T00:00:06Z'),
    ]),
    's2',
  );
  assert.equal(detached([]), undefined);
});
