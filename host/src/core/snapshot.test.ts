import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mebibytes } from '@bhatti/wire/units.ts';
import { findIn, type Snapshot, snapshotName, superseded } from './snapshot.ts';

const shape = {
  ...{ image: 'minimal', cpus: 1, memoryMib: mebibytes(512), diskMib: mebibytes(8192), env: {}, labels: {} },
  thermal: {},
};
const one = (sandboxName: string, name: string, id: string): Snapshot => ({
  ...{ id, name, sandboxId: '0', sandboxName, shape, createdMs: 0, pausedMs: 0, diskBytes: 0 },
});
const all = [one('dev', 'a', '01'), one('web', 'a', '02'), one('dev', 'snapshot-1', '03')];

const found: [reference: string, id: string | null][] = [
  ['dev/a', '01'],
  ['web/a', '02'],
  ['dev', '03'],
  ['02', '02'],
  ['dev/b', null],
  ['a', null],
  ['', null],
];
for (const [reference, id] of found) {
  test(`the snapshot "${reference}"`, () => {
    if (id !== null) assert.equal(findIn(all, reference).id, id);
    else assert.throws(() => findIn(all, reference), { code: 'snapshot.not-found' });
  });
}

const many = ['snapshot-2', 'mine', 'snapshot-9', 'snapshot-10'].map((name, at) => one('dev', name, String(at)));
const kept: [keep: number, gone: string[]][] = [
  [0, ['snapshot-2', 'snapshot-9', 'snapshot-10']],
  [2, ['snapshot-2']],
  [3, []],
  [Infinity, []],
];
for (const [keep, gone] of kept) {
  test(`of three snapshots without a name of their own ${keep} are kept`, () =>
    assert.deepEqual(
      superseded('0', keep, many).map(({ name }) => name),
      gone,
    ));
}
test('snapshots of another sandbox are not counted', () => assert.deepEqual(superseded('1', 0, many), []));
test('a new snapshot has the number after the highest', () =>
  assert.equal(snapshotName('dev', undefined, many), 'snapshot-11'));

const names: [sandbox: string, asked: string | undefined, name: string | RegExp][] = [
  ['dev', undefined, 'snapshot-2'],
  ['web', undefined, 'snapshot-1'],
  ['dev', 'b', 'b'],
  ['web', 'snapshot-1', 'snapshot-1'],
  ['dev', 'a', /there is one of that name/],
  ['dev', '../a', /only a-z, 0-9 and dashes/],
];
for (const [sandbox, asked, name] of names) {
  test(`the name ${asked} of a snapshot of ${sandbox}`, () => {
    if (typeof name === 'string') assert.equal(snapshotName(sandbox, asked, all), name);
    else assert.throws(() => snapshotName(sandbox, asked, all), { message: name });
  });
}
