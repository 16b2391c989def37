import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { listBoots } from './boots.ts';
import type { Sender } from './compose.ts';
import { NodeFiles, temporaryFolder } from './node-files.test.ts';
import { journalKey } from './places.ts';
import { Filter, type Query } from './query.ts';
import { lastEntries, type Range, select } from './selection.ts';
import { JournalWriter } from './writer.ts';

const START = 1_795_442_905_000_000;
const limits = { fileBytes: 8192, totalBytes: 1e9, keepFreeBytes: 0, files: 1000 };

/** 3 boots of 300 messages: units a and b by turns, PID 1 about a, the kernel, a target; one second each. */
function fill(t: TestContext) {
  const sys = new NodeFiles();
  const folder = `${temporaryFolder((run) => t.after(run))}/journal`;
  let n = 0;
  for (const boot of ['b1', 'b2', 'b3']) {
    const writer = new JournalWriter(sys, {
      folder,
      limits,
      base: [['_BOOT_ID', boot]],
      now: () => ({ realtimeUs: 0, monotonicUs: 0 }),
    });
    const say = (unit: string, sender: Sender, priority = 6, identifier = 'x', fields: [string, string][] = []) => {
      const at = { realtimeUs: START + n * 1_000_000, monotonicUs: n };
      writer.message(journalKey(unit), sender, at, { priority, identifier, pid: 1, message: `m${++n}`, fields });
    };
    const own: Sender = {
      fields: [
        ['_SYSTEMD_UNIT', 'init.scope'],
        ['_UID', '0'],
        ['UNIT', 'a.service'],
      ],
    };
    const target: Sender = {
      fields: [
        ['_SYSTEMD_UNIT', 'init.scope'],
        ['_UID', '0'],
        ['UNIT', 'x.target'],
      ],
    };
    const unit = (name: string): Sender => ({
      fields: [
        ['_SYSTEMD_UNIT', name],
        ['_UID', '7'],
        ['_SYSTEMD_SLICE', 's.slice'],
      ],
    });
    const [a, b] = [unit('a.service'), unit('b.service')];
    say('', { fields: [['_TRANSPORT', 'driver']] });
    for (let i = 0; i < 60; i++) {
      say('a.service', a);
      say('b.service', b, 3, 'y', [['MYFIELD', String(i % 3)]]);
      say('a.service', own);
      say('x.target', target, 4);
      say('b.service', b);
      writer.flush();
    }
  }
  const run = (query: Query, range: Range = {}, direction: 'forward' | 'backward' = 'forward') =>
    [...select(sys, folder, new Filter(query), range, direction)].map((entry) => Number(entry.message.slice(1)));
  return { sys, folder, run, count: n };
}

test('all of it, in order, both ways, over many files', (t) => {
  const { run, count } = fill(t);
  const all = Array.from({ length: count }, (_, i) => i + 1);
  assert.deepEqual(run({}), all);
  assert.deepEqual(run({}, {}, 'backward'), all.reverse());
});

test('a unit is what it says and what PID 1 says of it', (t) => {
  const { run } = fill(t);
  assert.deepEqual(run({ units: ['a.service'] }).slice(0, 4), [2, 4, 7, 9]);
  assert.deepEqual(run({ units: ['x.target'] }).slice(0, 2), [5, 10]);
  assert.deepEqual(run({ units: ['a.service', 'x.target'] }).slice(0, 4), [2, 4, 5, 7]);
  assert.deepEqual(run({ unitPatterns: ['[ab].service'] }).slice(0, 4), [2, 3, 4, 6]);
  assert.deepEqual(run({ units: ['s.slice'] }).slice(0, 4), [2, 3, 6, 7]);
  assert.deepEqual(run({ units: ['nope.service'] }), []);
});

test('priority, identifier, fields and text', (t) => {
  const { run, count } = fill(t);
  assert.deepEqual(run({ priorities: new Set([3, 4]) }).slice(0, 3), [3, 5, 8]);
  assert.deepEqual(run({ identifiers: new Set(['y']) }).slice(0, 2), [3, 8]);
  assert.deepEqual(run({ matches: [new Map([['MYFIELD', new Set(['1', '2'])]])] }).slice(0, 3), [8, 13, 23]);
  const either = [new Map([['MYFIELD', new Set(['1'])]]), new Map([['MESSAGE', new Set(['m1'])]])];
  assert.deepEqual(run({ matches: either }).slice(0, 3), [1, 8, 23]);
  assert.deepEqual(run({ grep: /^m10.$/ }), [100, 101, 102, 103, 104, 105, 106, 107, 108, 109]);
  assert.equal(run({ units: ['a.service'], grep: /./ }).length, (count - 3) * 0.4);
});

test('time bounds, both included, in both directions', (t) => {
  const { run } = fill(t);
  const range = { sinceUs: START + 499_000_000, untilUs: START + 502_000_000 };
  assert.deepEqual(run({}, range), [500, 501, 502, 503]);
  assert.deepEqual(run({}, range, 'backward'), [503, 502, 501, 500]);
  assert.deepEqual(run({}, { sinceUs: START + 1e12 }), []);
  assert.deepEqual(run({}, { untilUs: START - 1 }), []);
});

test('boots and their entries', (t) => {
  const { sys, folder, run } = fill(t);
  const boots = listBoots(sys, folder);
  assert.deepEqual(boots, [
    { id: 'b1', firstSeq: 1, lastSeq: 301 },
    { id: 'b2', firstSeq: 302, lastSeq: 602 },
    { id: 'b3', firstSeq: 603 },
  ]);
  assert.deepEqual([run({ bootId: 'b2' }).at(0), run({ bootId: 'b2' }).at(-1)], [302, 602]);
  assert.equal(run({ bootId: 'b2' }, { fromSeq: 302, toSeq: 602 }).length, 301);
});

test('the last ones', (t) => {
  const { sys, folder } = fill(t);
  const last = (query: Query, count: number) =>
    lastEntries(sys, folder, new Filter(query), {}, count).map((entry) => entry.message);
  assert.deepEqual(last({}, 2), ['m902', 'm903']);
  assert.deepEqual(last({ units: ['x.target'] }, 2), ['m897', 'm902']);
  assert.deepEqual(last({}, 0), []);
});
