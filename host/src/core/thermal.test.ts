import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuestActivity } from '@bhatti/wire/messages.ts';
import { afterLook, THERMAL_DEFAULT, type ThermalPolicy, type ThermalView, thermalStep } from './thermal.ts';

const still: GuestActivity = { processorMs: 1000, uptimeMs: 60_000, blocked: 0, jobs: 0 };
const quiet: ThermalView = { state: 'running', quietMs: 0, streams: 0, warmMs: 0 };
const seen = (agoMs: number): Partial<ThermalView> => ({ seen: { agoMs } });
const warm: Partial<ThermalView> = { state: 'warm' };

const steps: [name: string, policy: Partial<ThermalPolicy>, view: Partial<ThermalView>, expected: string][] = [
  ['one that has just become quiet is let alone for half of the time', {}, {}, 'wait 15000'],
  ['then it is looked at', {}, { quietMs: 15_000 }, 'look'],
  ['after the first look the rest of the time is waited for', {}, { quietMs: 16_000, ...seen(1000) }, 'wait 14000'],
  ['after that time it is looked at again', {}, { quietMs: 30_001, ...seen(30_000) }, 'look'],
  ['a look of just now shows too little', {}, { quietMs: 99_000, ...seen(1000) }, 'wait 14000'],
  ['of a long setting the last minute is seen', { idleWarmMs: 600_000 }, { quietMs: 540_000 }, 'look'],
  ['an open stream is work', {}, { streams: 1, quietMs: 99_000, ...seen(90_000) }, 'wait 10000'],
  ['a short setting makes short looks', { idleWarmMs: 1000 }, { streams: 2 }, 'wait 1000'],
  ['one that is kept hot waits for a change', { keepHot: true }, { quietMs: 99_000 }, 'wait'],
  ['one that never gets warm, too', { idleWarmMs: 'never' }, { quietMs: 99_000 }, 'wait'],
  ['one that is being stopped is let alone', {}, { state: 'stopping' }, 'wait'],
  ['a warm one waits until it is cold', {}, { ...warm, warmMs: 60_000 }, 'wait 1740000'],
  ['and is saved then', {}, { ...warm, warmMs: 1_800_000 }, 'cold'],
  ['what is cold cannot get colder', {}, { ...warm, state: 'cold', warmMs: 1_800_000 }, 'wait'],
  ['or it never shall', { idleColdMs: 'never' }, { ...warm, warmMs: 1_800_000 }, 'wait'],
  ['a paused one that is kept hot stays as it is', { keepHot: true }, { ...warm, warmMs: 1_800_000 }, 'wait'],
  ['a timer does not wake it', {}, { ...warm, dueMs: -1 }, 'wait 1800000'],
  ['unless it asked for that', { wakeForTimers: true }, { ...warm, dueMs: 0 }, 'wake'],
  ['the timer comes before the disk', { wakeForTimers: true }, { ...warm, dueMs: 7000 }, 'wait 7000'],
  ['the disk comes before the timer', { wakeForTimers: true }, { ...warm, dueMs: 1_900_000 }, 'wait 1800000'],
];
for (const [name, policy, view, expected] of steps) {
  test(name, () => {
    const step = thermalStep({ ...THERMAL_DEFAULT, ...policy }, { ...quiet, ...view });
    const ms = step.do === 'wait' && step.ms !== undefined ? ` ${step.ms}` : '';
    assert.equal(step.do + ms, expected);
  });
}

const later: GuestActivity = { ...still, processorMs: 1100, uptimeMs: 90_000 };
const looks: [name: string, now: Partial<GuestActivity>, policy: Partial<ThermalPolicy>, expected: string][] = [
  ['a guest that did nothing', {}, {}, 'warm'],
  ['a fiftieth of a processor', { processorMs: 1600 }, {}, 'warm'],
  ['what the looks cost within a second', { uptimeMs: 61_000, processorMs: 1090 }, {}, 'warm'],
  ['more than that', { uptimeMs: 61_000, processorMs: 1200 }, {}, 'its programs use 20 % of a processor'],
  ['programs that compute', { processorMs: 4000 }, {}, 'its programs use 10 % of a processor'],
  ['a program that waits for its disk', { blocked: 1 }, {}, 'a program waits for its disk'],
  ['a program in a session that nobody looks at', { jobs: 1 }, {}, '1 program in a session'],
  ['a timer that is due soon', { timerMs: 10 }, {}, 'warm'],
  ['that timer where it would wake it', { timerMs: 10 }, { wakeForTimers: true }, 'a timer is about to come due'],
  ['a later timer where it would wake it', { timerMs: 60_000 }, { wakeForTimers: true }, 'warm'],
  ['a guest that began anew', { uptimeMs: 10, processorMs: 10 }, {}, 'it has been booted anew'],
];
for (const [name, now, policy, expected] of looks) {
  test(`${name}: ${expected}`, () => {
    const step = afterLook({ ...THERMAL_DEFAULT, ...policy }, still, { ...later, ...now });
    assert.equal(step.do === 'wait' ? step.why : step.do, expected);
  });
}
