import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { optionsFirst } from './options-first.ts';

const command = new Command().option('-t, --tty').option('-e, --env <K=V>').option('--timeout <s>');
const rows: [given: string, expected: string][] = [
  ['dev -- ls -l', 'dev -- ls -l'],
  ['dev ls -l', 'dev ls -l'],
  ['-t dev ls -t', '-t dev ls -t'],
  ['dev -t ls -t', '-t dev ls -t'],
  ['dev --timeout 5 -- sleep 9', '--timeout 5 dev -- sleep 9'],
  ['dev -e A=b --timeout=5 sh -c x -- y', '-e A=b --timeout=5 dev sh -c x -- y'],
  ['-e A=b -e C=d dev -t -- sh -e x', '-e A=b -e C=d -t dev -- sh -e x'],
  ['dev -- -t', 'dev -- -t'],
  ['dev --timeout', '--timeout dev'],
  ['-- dev', '-- dev'],
  ['', ''],
];
for (const [given, expected] of rows) {
  test(`"exec ${given}" is read as "exec ${expected}"`, () => {
    assert.equal(optionsFirst(given.split(' ').filter(Boolean), command).join(' '), expected);
  });
}
