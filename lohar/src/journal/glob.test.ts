import assert from 'node:assert/strict';
import test from 'node:test';
import { globMatches } from './glob.ts';

const rows: [pattern: string, name: string, matches: boolean][] = [
  ['t-*', 't-a.service', true],
  ['t-[ab].service', 't-b.service', true],
  ['t-[ab].service', 't-c.service', false],
  ['t-[!ab].service', 't-c.service', true],
  ['t-?.service', 't-ab.service', false],
  ['a.service', 'axservice', false],
  ['*@*.service', 'getty@tty1.service', true],
  ['a\\x2db*', 'a\\x2db.service', true],
  ['[', '[', true],
  ['[z-a]', '[z-a]', true],
  ['a(b', 'a(b', true],
];
for (const [pattern, name, matches] of rows)
  test(`${pattern} and ${name}`, () => assert.equal(globMatches(pattern, name), matches));
