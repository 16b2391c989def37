import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { keyValue, mebibytesOf, millisecondsOf, place, portPair, wholeNumber } from './arguments.ts';

const env = { HOME: '/root', EMPTY: '' };
const rows: [name: string, read: () => unknown, expected: unknown][] = [
  ['K=V', () => keyValue('A=b', '--env'), ['A', 'b']],
  ['a value with =', () => keyValue('A=b=c', '--env'), ['A', 'b=c']],
  ['an empty value', () => keyValue('A=', '--env'), ['A', '']],
  ['K alone, taken from here', () => keyValue('HOME', '--env', env), ['HOME', '/root']],
  ['K alone, empty here', () => keyValue('EMPTY', '--env', env), ['EMPTY', '']],
  ['a number', () => wholeNumber('2', '--cpus'), 2],
  ['a negative number, which the daemon refuses', () => wholeNumber('-2', '--cpus'), -2],
  ['MiB', () => mebibytesOf('512', '--memory'), 512],
  ['MiB with their unit', () => mebibytesOf('512M', '--memory'), 512],
  ['GiB', () => mebibytesOf('2g', '--memory'), 2048],
  ['GiB in full', () => mebibytesOf('2 GiB', '--memory'), 2048],
  ['seconds', () => millisecondsOf('30', '--timeout'), 30_000],
  ['half a second', () => millisecondsOf('0.5', '--timeout'), 500],
  ['milliseconds', () => millisecondsOf('250ms', '--timeout'), 250],
  ['minutes', () => millisecondsOf('5m', '--timeout'), 300_000],
  ['hours', () => millisecondsOf('1h', '--timeout'), 3_600_000],
  ['one port for both sides', () => portPair('8080'), { host: 8080, guest: 8080 }],
  ['two ports', () => portPair('8080:80'), { host: 8080, guest: 80 }],
  ['any free port', () => portPair('0:80'), { host: 0, guest: 80 }],
  ['a path here', () => place('./x'), { path: './x' }],
  ['a path there', () => place('dev:/x'), { sandbox: 'dev', path: '/x' }],
  ['a path there with a colon', () => place('dev:/x:y'), { sandbox: 'dev', path: '/x:y' }],
  ['a path here with a colon', () => place('./a:b'), { path: './a:b' }],
  ['a tar stream', () => place('-'), { path: '-' }],
];
for (const [name, read, expected] of rows) test(`reads ${name}`, () => assert.deepEqual(read(), expected));

const refused: [name: string, read: () => unknown, message: string][] = [
  [
    'a variable without a value',
    () => keyValue('hunter2', '--env'),
    'cannot read --env: it is not of the form KEY=VALUE',
  ],
  [
    'a variable without a name',
    () => keyValue('=x', '--env', env),
    'cannot read --env: it is not of the form KEY=VALUE',
  ],
  ['a number that is none', () => wholeNumber('two', '--cpus'), 'cannot read --cpus: "two" is no whole number'],
  ['half a cpu', () => wholeNumber('0.5', '--cpus'), 'cannot read --cpus: "0.5" is no whole number'],
  ['a size of another unit', () => mebibytesOf('2T', '--memory'), 'cannot read --memory: "2T" is no size'],
  ['no duration', () => millisecondsOf('0', '--timeout'), 'cannot read --timeout: "0" is no duration'],
  ['a duration of another unit', () => millisecondsOf('5d', '--timeout'), 'cannot read --timeout: "5d" is no duration'],
  ['a port that is none', () => portPair('http'), 'cannot read the ports: "http" is not of the form HOST[:GUEST]'],
  [
    'a port that is too high',
    () => portPair('70000'),
    'cannot read the ports: "70000" is not of the form HOST[:GUEST]',
  ],
  ['guest port 0', () => portPair('0'), 'cannot read the ports: "0" is not of the form HOST[:GUEST]'],
];
for (const [name, read, message] of refused) {
  test(`refuses ${name}`, () =>
    assert.throws(read, (error) => error instanceof BhattiError && error.message === message));
}
