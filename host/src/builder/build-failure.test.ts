import assert from 'node:assert/strict';
import test from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { buildFailure } from './build-failure.ts';
import { ProgramFailed } from './program.ts';

const at = { tier: 'x', log: '/c/logs/build-x.log', cacheDir: '/c', imagesDir: '/i', cancelled: false };
const failed = (...tail: string[]) => new ProgramFailed('apt-get', 'exit 100', tail);
const own = new BhattiError('image.broken', 'cannot take it', { remedy: 'r' });

const rows: [name: string, error: unknown, code: string, message: string, remedy: string][] = [
  [
    'a name that does not resolve',
    failed(
      'W: retrying',
      "E: Failed to fetch http://m.example/ubuntu/dists/noble/InRelease  Temporary failure resolving 'm.example'",
      'E: Some index files failed to download.',
    ),
    'tier.build-failed',
    "cannot build tier x: the package mirror does not answer: E: Failed to fetch http://m.example/ubuntu/dists/noble/InRelease  Temporary failure resolving 'm.example'",
    'check the network and http_proxy, or set another mirror (docs/tiers.md)',
  ],
  [
    'a mirror in the middle of an update',
    failed('E: Failed to fetch http://m.example/x.deb  Hash Sum mismatch'),
    'tier.build-failed',
    'cannot build tier x: the package mirror gave something wrong: E: Failed to fetch http://m.example/x.deb  Hash Sum mismatch',
    'try again later, or set another mirror (docs/tiers.md)',
  ],
  [
    'a package that is not there',
    failed('Reading package lists...', 'E: Unable to locate package jqq'),
    'tier.build-failed',
    'cannot build tier x: E: Unable to locate package jqq',
    'mend the packages of the recipe; the whole log is /c/logs/build-x.log',
  ],
  [
    'a package script that fails',
    failed(
      'I: running',
      'dpkg: error processing package foo (--configure):',
      ' subprocess returned 1',
      'E: mmdebstrap failed to run',
    ),
    'tier.build-failed',
    'cannot build tier x: dpkg: error processing package foo (--configure):',
    'the whole log is /c/logs/build-x.log',
  ],
  [
    'no output at all',
    failed(),
    'tier.build-failed',
    'cannot build tier x: no reason was given',
    'the whole log is /c/logs/build-x.log',
  ],
  [
    'a full disk, told by a program',
    failed('tar: ./image: Cannot write: No space left on device'),
    'host.disk-full',
    'cannot build tier x: the disk is full',
    'free space where /i and /c lie: df -h /i /c',
  ],
  [
    'a full disk, told by Node',
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
    'host.disk-full',
    'cannot build tier x: the disk is full',
    'free space where /i and /c lie: df -h /i /c',
  ],
  ['an error that says it all stays', own, 'image.broken', 'cannot take it', 'r'],
];
for (const [name, error, code, message, remedy] of rows)
  test(`${name}: ${code}`, () => {
    const told = buildFailure(error, at);
    assert.deepEqual([told.code, told.message, told.remedy], [code, message, remedy]);
  });

test('whatever broke after a cancel, it was cancelled', () => {
  assert.equal(buildFailure(failed('E: x'), { ...at, cancelled: true }).code, 'operation.cancelled');
});
