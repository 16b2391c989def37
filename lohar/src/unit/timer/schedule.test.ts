import assert from 'node:assert/strict';
import test from 'node:test';
import { parseCalendar } from '../calendar/calendar.ts';
import { nextElapse } from '../calendar/next-elapse.ts';
import { UTC_RULES } from '../calendar/zone-rules.ts';
import { NEVER, type Stamp } from '../graph/unit.ts';
import { type ScheduleFacts, type SpecState, schedule } from './schedule.ts';
import type { TimerSpec } from './timer-settings.ts';

const SEC = 1_000_000;
/** Thu 2026-11-26 06:00:00 UTC, a hundred seconds after the machine began. */
const BOOT = Date.UTC(2026, 10, 26, 5, 58, 20) * 1000;
const at = (seconds: number): Stamp => ({ realtimeUsec: BOOT + seconds * SEC, monotonicUsec: seconds * SEC });

const slept = (active: number, triggered: number): ScheduleFacts['slept'] => ({
  ...{ activeUsec: active * SEC, triggeredUsec: triggered * SEC },
});

const facts = (given: Partial<ScheduleFacts>): ScheduleFacts => ({
  ...{ now: at(100), activated: at(100), isActive: true, unitActivated: NEVER, unitEnded: NEVER, lastTrigger: NEVER },
  ...{ startupUsec: 2 * SEC, clockSet: false, slept: slept(0, 0) },
  next: ({ calendar }, after) => nextElapse(calendar, after, UTC_RULES),
  ...given,
});
const monotonic = (base: Exclude<TimerSpec['base'], 'OnCalendar'>, seconds: number): TimerSpec => ({
  ...{ base, usec: seconds * SEC },
});
const dated = (text: string): TimerSpec => {
  const calendar = parseCalendar(text, () => false);
  assert.ok(calendar !== null);
  return { base: 'OnCalendar', calendar };
};

interface Row {
  readonly name: string;
  readonly specs: readonly TimerSpec[];
  readonly before?: readonly SpecState[];
  readonly facts?: Partial<ScheduleFacts>;
  /** Seconds since the machine began; null: it does not come. */
  readonly monotonic?: number | null;
  readonly realtime?: number | null;
}
const ROWS: readonly Row[] = [
  { name: 'OnActiveSec counts from the start of the timer', specs: [monotonic('OnActiveSec', 5)], monotonic: 105 },
  { name: 'OnBootSec counts from the kernel', specs: [monotonic('OnBootSec', 300)], monotonic: 300 },
  { name: 'OnStartupSec counts from PID 1', specs: [monotonic('OnStartupSec', 300)], monotonic: 302 },
  { name: 'the earlier of two', specs: [monotonic('OnBootSec', 300), monotonic('OnActiveSec', 5)], monotonic: 105 },
  {
    name: 'what has passed and never came comes now',
    specs: [monotonic('OnBootSec', 30)],
    monotonic: 30,
  },
  {
    name: 'what came once does not come again',
    specs: [monotonic('OnBootSec', 30)],
    facts: { lastTrigger: at(30) },
    monotonic: null,
  },
  {
    name: 'time in which the machine stood still counts',
    specs: [monotonic('OnActiveSec', 50)],
    facts: { slept: slept(20, 20) },
    monotonic: 130,
  },
  {
    name: 'what came due while it stood still does not come again',
    specs: [monotonic('OnActiveSec', 50)],
    facts: { activated: at(90), lastTrigger: at(99), slept: slept(45, 0) },
    monotonic: null,
  },
  {
    name: 'of a repeated one only what it stood still since the last time counts',
    specs: [monotonic('OnUnitActiveSec', 50)],
    facts: { unitActivated: at(90), lastTrigger: at(90), slept: slept(45, 5) },
    monotonic: 135,
  },
  { name: 'OnUnitActiveSec waits for a first start', specs: [monotonic('OnUnitActiveSec', 5)], monotonic: null },
  {
    name: 'OnUnitActiveSec counts from the last start, or the last time',
    specs: [monotonic('OnUnitActiveSec', 5)],
    facts: { unitActivated: at(90), lastTrigger: at(92) },
    monotonic: 97,
  },
  {
    name: 'OnUnitInactiveSec counts from the end',
    specs: [monotonic('OnUnitInactiveSec', 5)],
    facts: { unitActivated: at(90), unitEnded: at(99) },
    monotonic: 104,
  },
  { name: 'a date counts from the start of the timer', specs: [dated('*:0/15')], realtime: 1000 },
  {
    name: 'a date counts from the last time',
    specs: [dated('hourly')],
    facts: { lastTrigger: { realtimeUsec: BOOT - 20 * 60 * SEC, monotonicUsec: 0 }, now: at(50) },
    realtime: 100,
  },
  {
    name: 'dates that were missed come once, counted from the start of PID 1',
    specs: [dated('hourly')],
    facts: { lastTrigger: { realtimeUsec: BOOT - 86_400 * SEC, monotonicUsec: 0 } },
    realtime: 2,
  },
  { name: 'a date that never comes', specs: [dated('2020-01-01')], realtime: null },
];
for (const { name, specs, before = [], facts: given = {}, monotonic: mono = null, realtime = null } of ROWS)
  test(name, () => {
    const found = schedule(specs, before, facts(given));
    assert.equal(found.monotonicUsec, mono === null ? null : mono * SEC);
    assert.equal(found.realtimeUsec, realtime === null ? null : BOOT + realtime * SEC);
  });

test('a moment that was over stays over until the clock is set', () => {
  const specs = [monotonic('OnBootSec', 30)];
  const once = schedule(specs, [], facts({ lastTrigger: at(30) }));
  assert.deepEqual(once.specs, [{ nextUsec: 30 * SEC, over: true }]);
  assert.equal(schedule(specs, once.specs, facts({})).monotonicUsec, null);
  assert.equal(schedule(specs, [], facts({ lastTrigger: at(30), clockSet: true })).monotonicUsec, 30 * SEC);
});

test('a timer that counts from its unit stays around', () => {
  assert.equal(schedule([monotonic('OnUnitActiveSec', 5)], [], facts({})).staysAround, true);
  assert.equal(schedule([monotonic('OnBootSec', 5)], [], facts({ lastTrigger: at(5) })).staysAround, false);
});
