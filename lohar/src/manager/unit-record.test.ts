import assert from 'node:assert/strict';
import test from 'node:test';
import { NEVER, type Unit } from '../unit/graph/unit.ts';
import { INITIAL, type ServiceState } from '../unit/service/state.ts';
import { readUnit, writeUnit } from './unit-record.ts';

const stamps = {
  ...{ condition: NEVER, assert: NEVER, stateChange: NEVER, inactiveExit: NEVER },
  ...{ inactiveEnter: NEVER, activeEnter: NEVER, activeExit: NEVER },
};
const facts = {
  ...{ active: 'active', sub: 'running', stamps, conditionResult: true, assertResult: true, unmet: [] },
  ...{ invocationId: 'f00d', lastCpuNsec: 5, activation: [] },
};
const running: ServiceState = { ...INITIAL, sub: 'running', mainPid: 7, restarts: 3, timeoutAtUsec: 9_000_000 };

const rows: readonly (readonly [name: string, service: ServiceState | null])[] = [
  ['a target', null],
  ['a service whose times never end', running],
  ['a service with a watchdog', { ...running, watchdogUsec: 1_000_000, timeoutAtUsec: Number.POSITIVE_INFINITY }],
];
for (const [name, service] of rows)
  test(`${name} is read as it was written`, () => {
    const starts = { beganUsec: 1, count: 2 };
    const record = readUnit(writeUnit(facts as unknown as Unit, { service, own: null, starts }, 1234));
    assert.deepEqual(record, { ...facts, starts, service, own: null, atMs: 1234 });
  });
