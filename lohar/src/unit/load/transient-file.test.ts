import assert from 'node:assert/strict';
import test from 'node:test';
import type { UnitType } from '../model.ts';
import { controlFile, readAssignments, transientFile } from './transient-file.ts';

const made = (type: UnitType, ...texts: string[]): string => {
  const found = readAssignments(type, texts);
  return 'name' in found ? found.message : transientFile(found);
};

const ROWS: readonly (readonly [name: string, type: UnitType, texts: readonly string[], expected: RegExp | string])[] =
  [
    [
      'settings go to the section that knows them',
      'service',
      ['Description=A job', 'ExecStart="/bin/true"', 'MemoryMax=64M', 'Wants=a.service'],
      /^# .*\n\[Unit\]\nDescription=A job\nWants=a.service\n\n\[Service\]\nExecStart="\/bin\/true"\nMemoryMax=64M\n$/,
    ],
    ['a timer has its own', 'timer', ['OnActiveSec=5'], /\[Timer\]\nOnActiveSec=5\n$/],
    ['a scope has no commands', 'scope', ['ExecStart=/bin/true'], 'Unknown assignment: ExecStart=/bin/true'],
    ['names of the bus are taken', 'service', ['CPUQuotaPerSecUSec=20%'], /CPUQuota=20%/],
    ['a key that nobody knows', 'service', ['Bogus=1'], 'Unknown assignment: Bogus=1'],
    ['no assignment at all', 'service', ['Bogus'], 'Not an assignment: Bogus'],
    ['a value that cannot be', 'service', ['MemoryMax=abc'], 'Failed to parse MemoryMax=abc: Invalid argument'],
    [
      'a value does not become another line',
      'service',
      ['Description=a\nExecStart=/bin/evil'],
      'Failed to parse Description=a\nExecStart=/bin/evil: Invalid argument',
    ],
  ];
for (const [name, type, texts, expected] of ROWS)
  test(name, () => {
    if (typeof expected === 'string') assert.equal(made(type, ...texts), expected);
    else assert.match(made(type, ...texts), expected);
  });

test('the drop-in of set-property', () => {
  const text = controlFile({ section: 'Service', key: 'MemoryMax', value: '31457280' });
  assert.match(text, /\n\[Service\]\nMemoryMax=31457280\n$/);
});
