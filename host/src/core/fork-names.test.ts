import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forkNames } from './fork-names.ts';

const long = 'a'.repeat(63);
const rows: [name: string, stem: string, count: number, given: boolean, taken: string[], names: string[]][] = [
  ['one that was given a name', 'try', 1, true, ['try'], ['try']],
  ['one without a name', 'dev', 1, false, ['dev'], ['dev-1']],
  ['several of a name', 'try', 2, true, [], ['try-1', 'try-2']],
  ['what is taken is left out', 'dev', 3, false, ['dev', 'dev-2'], ['dev-1', 'dev-3', 'dev-4']],
  ['a name stays a DNS label', long, 1, false, [], [`${'a'.repeat(61)}-1`]],
  ['a cut leaves no two dashes', `${'a'.repeat(60)}-b`, 1, false, [], [`${'a'.repeat(60)}-1`]],
];
for (const [name, stem, count, given, taken, names] of rows)
  test(name, () => assert.deepEqual(forkNames(stem, count, given, new Set(taken)), names));
