/** What may happen to a host: everything stands still for a minute, everybody comes at once. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Lab, openLab } from '../cli/lab.ts';
import { processesIn } from '../engine/leftovers.ts';
import { until } from '../until.ts';

const STANDSTILL_MS = 60_000;
const CLOCK_TOLERANCE_MS = 50;
const NAMES = ['a', 'b', 'c', 'd'];
const EACH = 25;
let lab: Lab;

before(async () => {
  lab = openLab();
  for (const name of NAMES) await lab.ok('create', name);
});
after(() => lab.close());

test(`everybody comes at once: ${NAMES.length * EACH} commands to ${NAMES.length} sandboxes that stand still are answered`, async () => {
  await lab.ok('pause', ...NAMES);
  const calls = NAMES.flatMap((name) => Array.from({ length: EACH }, () => lab.ok('exec', name, '--', 'hostname')));
  const answers = await Promise.all(calls);
  assert.deepEqual(
    answers,
    NAMES.flatMap((name) => Array(EACH).fill(`${name}\n`)),
  );
});

test('everything stands still for a minute and goes on, with the right time', async () => {
  const all = [...processesIn(lab.dataDir).map(Number), lab.daemonPid()];
  for (const pid of all) process.kill(pid, 'SIGSTOP');
  const from = Date.now();
  await until('a minute has passed', () => Date.now() - from > STANDSTILL_MS, 2 * STANDSTILL_MS);
  for (const pid of all) process.kill(pid, 'SIGCONT');
  for (const name of NAMES) {
    const earliest = Date.now();
    const now = Number(await lab.ok('exec', name, '--', 'date', '+%s%3N'));
    assert.ok(now >= earliest - CLOCK_TOLERANCE_MS && now <= Date.now() + CLOCK_TOLERANCE_MS, `${now - earliest} ms`);
  }
});
