import assert from 'node:assert/strict';
import test from 'node:test';
import { SysError } from '@bhatti/runtime/sys.ts';
import { passedEnvironment, sandboxEnvironment } from './passed-environment.ts';

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const told = { decode, readFile: () => new TextEncoder().encode('{"PORT":"9333","FLAGS":"--a --b","OTHER":"x"}') };
const untold = {
  decode,
  readFile: () => {
    throw new SysError('open', 2, 'ENOENT');
  },
};

const rows: [name: string, sys: typeof told, names: string[], expected: string[]][] = [
  ['the named ones, in their order', told, ['FLAGS', 'PORT'], ['FLAGS=--a --b', 'PORT=9333']],
  ['nothing that is not named', told, [], []],
  ['nothing that the sandbox has not', told, ['NOPE'], []],
  ['nothing before the host has spoken', untold, ['PORT'], []],
];
for (const [name, sys, names, expected] of rows)
  test(`PassEnvironment= gives ${name}`, () => assert.deepEqual(passedEnvironment(sys, names), expected));

test('ConditionEnvironment= sees all of them', () => {
  assert.deepEqual(sandboxEnvironment(told), ['PORT=9333', 'FLAGS=--a --b', 'OTHER=x']);
  assert.deepEqual(sandboxEnvironment(untold), []);
});
