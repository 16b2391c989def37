/** What systemd-analyze tells of a start, with a PID 1 made of data. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Request } from '../../control/protocol.ts';
import { runFake } from '../fake-program.test.ts';
import { startSpan } from './boot-facts.ts';
import { analyze } from './main.ts';

const unit = (id: string, activating: number, activated: number, after: string): string =>
  `Id=${id}\nActiveState=active\nInactiveExitTimestampMonotonic=${activating}\nActiveEnterTimestampMonotonic=${activated}\nAfter=${after}\nWants=\n`;
const UNITS = [
  unit('-.slice', 0, 1_000_000, ''),
  unit('a.service', 1_200_000, 1_700_000, '-.slice'),
  unit('b.service', 1_200_000, 1_300_000, '-.slice'),
  unit('graphical.target', 1_800_000, 1_800_000, 'a.service b.service'),
];

function answer(request: Request) {
  if (request.verb === 'get-default') return [{ is: 'default-target', unit: 'graphical.target' } as const];
  return UNITS.map((text) => ({ is: 'properties', unit: '', text: [text] }) as const);
}

const CHAIN = `The time when unit became active or started is printed after the "@" character.
The time the unit took to start is printed after the "+" character.

graphical.target @800ms
└─a.service @200ms +500ms
  └─-.slice @0
`;
const rows: [argv: string[], out: string][] = [
  [
    ['time'],
    'Startup finished in 1s (kernel) + 800ms (userspace) = 1.800s \ngraphical.target reached after 800ms in userspace.\n',
  ],
  [['blame'], '500ms a.service\n100ms b.service\n'],
  [['critical-chain'], CHAIN],
  [
    ['dot', '-q', 'b.service', '--to-pattern=-.slice'],
    'digraph systemd {\n\t"b.service"->"-.slice" [color="green"];\n}\n',
  ],
];
for (const [argv, out] of rows)
  test(`systemd-analyze ${argv.join(' ')}`, async () => {
    const ran = await runFake(analyze, ['systemd-analyze', ...argv], { answer });
    assert.deepEqual([ran.out, ran.code], [out, 0]);
  });

test('what runs once took until it ended', () => {
  assert.equal(startSpan(100, 0, 0, 400), 300);
  assert.equal(startSpan(100, 90, 0, 0), 0);
});
