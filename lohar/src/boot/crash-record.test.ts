import assert from 'node:assert/strict';
import test from 'node:test';
import { type CrashRecord, decideBeginning } from './crash-record.ts';

const SEGV = 11;
const fresh: CrashRecord = { crashes: 0, isSound: true, reductions: 0 };
const onTrial: CrashRecord = { crashes: 1, isSound: false, reductions: 0 };
const rows: readonly (readonly [what: string, before: CrashRecord, signal: number | undefined, expected: object])[] = [
  ['a boot', fresh, undefined, { record: fresh }],
  ['a first crash', fresh, SEGV, { record: onTrial }],
  ['daemon-reexec', fresh, 0, { record: fresh }],
  [
    'a second crash soon after',
    onTrial,
    SEGV,
    { record: { crashes: 2, isSound: false, reductions: 1 }, reducedMs: 30_000 },
  ],
  ['a second crash much later', { ...onTrial, isSound: true }, SEGV, { record: { ...onTrial, crashes: 2 } }],
  [
    'the end of a reduction',
    { crashes: 2, isSound: false, reductions: 1 },
    0,
    { record: { crashes: 2, isSound: false, reductions: 1 } },
  ],
  [
    'a crash right after a reduction',
    { crashes: 2, isSound: false, reductions: 1 },
    SEGV,
    { record: { crashes: 3, isSound: false, reductions: 2 }, reducedMs: 60_000 },
  ],
  [
    'the tenth in a row',
    { crashes: 10, isSound: false, reductions: 9 },
    SEGV,
    { record: { crashes: 11, isSound: false, reductions: 10 }, reducedMs: 1_800_000 },
  ],
];
for (const [what, before, signal, expected] of rows)
  test(what, () => assert.deepEqual(decideBeginning(before, signal), expected));
