/** What people see of shutdown(8), with a PID 1 made of data. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { runFake } from '../fake-program.test.ts';
import { shutdown } from './shutdown.ts';

const SHOWN = "Reboot scheduled for Mon 2026-11-23 14:13:25 UTC, use 'shutdown -c' to cancel.\n";
const rows: [sentence: string, argv: string[], err: string, code: number, requests: unknown[]][] = [
  ['now asks for it at once', ['-r', '--no-wall', 'now'], '', 0, [{ verb: 'power', action: 'reboot', force: 0 }]],
  ['-k only warns', ['-k', 'now'], '', 0, []],
  ['a time that is none', ['25:00'], 'Failed to parse time specification: 25:00\n', 1, []],
  ['an option that is none', ['--bogus'], "shutdown: unrecognized option '--bogus'\n", 1, []],
  ['nothing is scheduled', ['--show'], 'No scheduled shutdown.\n', 0, []],
  ['nothing to cancel', ['-c'], '', 0, []],
];
for (const [sentence, argv, err, code, requests] of rows)
  test(`shutdown: ${sentence}`, async () => {
    const ran = await runFake(shutdown, ['shutdown', ...argv], { answer: () => [], root: '/nowhere' });
    assert.deepEqual([ran.err, ran.code, ran.requests], [err, code, requests]);
  });

test('shutdown --show tells what the record says', async () => {
  const files = { '/run/systemd/shutdown/scheduled': 'USEC=1795443205000000\nWARN_WALL=1\nMODE=reboot\n' };
  const ran = await runFake(shutdown, ['shutdown', '--show'], { files });
  assert.deepEqual([ran.err, ran.code], [SHOWN, 0]);
});
