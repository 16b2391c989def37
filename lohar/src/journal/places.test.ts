import assert from 'node:assert/strict';
import test from 'node:test';
import { activeName, archiveName, isShared, journalKey, parseFileName } from './places.ts';

const rows: [unit: string, key: string, shared: boolean][] = [
  ['nginx.service', 'nginx.service', false],
  ['postgresql@16-main.service', 'postgresql@16-main.service', false],
  ['getty@tty1.service', 'getty@tty1.service', false],
  ['t-so.socket', 't-so.socket', false],
  ['session-3.scope', 'session-3.scope', false],
  ['multi-user.target', 'system', true],
  ['system.slice', 'system', true],
  ['-.mount', 'system', true],
  ['', 'system', true],
  ['ssh@0-10.0.2.15:22-10.0.2.2:51234.service', 'ssh@.service', true],
  ['t-sa@12-[::1]:5502-[::1]:46906.service', 't-sa@.service', true],
  ['cockpit@3-1234-0.service', 'cockpit@.service', true],
  ['backup@2024-05-01.service', 'backup@.service', true],
  ['run-ra4f06bb96ae147a2913f43e66b1f1ed5.service', 'system', true],
  ['run-u12.service', 'system', true],
  [`${'x'.repeat(240)}.service`, 'system', true],
  ['a/b.service', 'system', true],
];
for (const [unit, key, shared] of rows)
  test(`${unit.slice(0, 60)} is in ${key}`, () =>
    assert.deepEqual([journalKey(unit), isShared(journalKey(unit))], [key, shared]));

test('file names and back', () => {
  assert.deepEqual(parseFileName(activeName('a.service')), { key: 'a.service' });
  assert.deepEqual(parseFileName(archiveName('a.service', 77)), { key: 'a.service', archivedFrom: 77 });
  assert.deepEqual(parseFileName('a.log.service.log'), { key: 'a.log.service' });
  assert.equal(parseFileName('wtmp'), null);
  assert.equal(parseFileName('a.service.log.gz'), null);
});
