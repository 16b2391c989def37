import assert from 'node:assert/strict';
import test from 'node:test';
import { type Job, parseJob } from './job.ts';

const job: Job = {
  program: '/bin/true',
  argv: ['true'],
  descriptors: [
    { kind: 'memory', size: 4096 },
    { kind: 'open', path: 'disk', access: 'rw' },
    { kind: 'listen', path: 'q' },
  ],
  consoleLimit: 65536,
};

const refused: [name: string, change: Record<string, unknown>, message: RegExp][] = [
  ['a program that is looked up', { program: 'true' }, /program is no absolute path/],
  ['no words', { argv: [] }, /argv is no list of words/],
  ['a NUL in a word', { argv: ['a\0b'] }, /argv is no list of words/],
  ['a descriptor of no kind', { descriptors: [{ kind: 'exec', path: 'x' }] }, /descriptors is no list/],
  ['memory of no size', { descriptors: [{ kind: 'memory', size: 0 }] }, /descriptors is no list/],
  ['an access of its own', { descriptors: [{ kind: 'open', path: 'x', access: 'x' }] }, /descriptors is no list/],
  ['too many of them', { descriptors: Array(33).fill({ kind: 'listen', path: 'q' }) }, /descriptors is no list/],
  ['a user without a group', { user: { uid: 1, groups: [] } }, /user has no uid, gid and groups/],
  ['a negative uid', { user: { uid: -1, gid: 0, groups: [] } }, /user has no uid, gid and groups/],
  ['no console', { consoleLimit: 0 }, /consoleLimit is below 4096/],
  ['holding what is no memory', { hold: 1 }, /hold names no memory descriptor/],
];
for (const [name, change, message] of refused)
  test(`refuses ${name}`, () => assert.throws(() => parseJob(JSON.stringify({ ...job, ...change })), message));

test('takes a whole job as it is', () => assert.deepEqual(parseJob(JSON.stringify(job)), job));
test('refuses what is no object', () => assert.throws(() => parseJob('[]'), /the job is no object/));
