import assert from 'node:assert/strict';
import test from 'node:test';
import { findProgram, missing, rootPrefix } from './ensure.ts';
import { NEEDS, packageOf } from './needs.ts';

const all = (program: string) => `/usr/bin/${program}`;
const none = () => undefined;

test('a program is found on the PATH', () => assert.equal(findProgram('sh', '/nowhere:/bin'), '/bin/sh'));
test('a file is found by its path', () => assert.equal(findProgram('/etc/passwd', '/bin'), '/etc/passwd'));
test('an absent file is not', () => assert.equal(findProgram('/no/such/file', '/bin'), undefined));
test('an absent program is not found', () => assert.equal(findProgram('no-such-program', '/bin'), undefined));
test('nothing is missing where every program is there', () => assert.deepEqual(missing('test', true, all), []));

const rows: [name: string, wanted: 'run' | 'test', root: boolean, absent: string, expected: string[]][] = [
  ['a missing program names its package', 'run', true, 'qemu-img', ['qemu-utils']],
  ['what only tests need does not stop npm start', 'run', true, 'qemu-aarch64-static', []],
  ['npm test needs it', 'test', true, 'qemu-aarch64-static', ['qemu-user-static']],
  ['root needs no uid maps', 'run', true, 'newuidmap', []],
  ['a plain user needs them', 'run', false, 'newuidmap', ['uidmap']],
];
for (const [name, wanted, root, absent, expected] of rows)
  test(name, () => {
    const find = (program: string) => (program === absent ? undefined : all(program));
    assert.deepEqual(missing(wanted, root, find).map(packageOf), expected);
  });

test('root calls apt as it is', () => assert.deepEqual(rootPrefix(true, false, all), []));
test('a user on a terminal is asked by sudo', () => assert.deepEqual(rootPrefix(false, true, all), ['/usr/bin/sudo']));
test('without sudo a user cannot', () =>
  assert.equal(
    rootPrefix(false, true, (program) => (program === 'apt-get' ? all(program) : undefined)),
    undefined,
  ));
test('without apt nobody can', () => assert.equal(rootPrefix(true, true, none), undefined));
test('each need says why, in a row of its own', () => {
  assert.equal(new Set(NEEDS.map((need) => need.program)).size, NEEDS.length);
  for (const need of NEEDS) assert.ok(need.why.length > 10);
});
