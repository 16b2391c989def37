import assert from 'node:assert/strict';
import test from 'node:test';
import type { Machine } from '../exec/specifier.ts';
import { loadUnit } from './load-unit.ts';
import { FakeUnitFiles } from './unit-files.fake.ts';
import { UnitIndex } from './unit-index.ts';
import { isAsNoted } from './watched-sources.ts';

const machine = { hostname: () => 'lab' } as Partial<Machine> as Machine;
const UNIT = '/etc/systemd/system/a.service';
const DROP_IN = `${UNIT}.d/x.conf`;
const TEXT = '[Service]\nExecStart=/bin/true\n';

const rows: [what: string, text: string, change: (files: FakeUnitFiles) => void, same: boolean][] = [
  ['nothing changed', TEXT, () => undefined, true],
  ['another unit changed', TEXT, (files) => files.entries.set('/etc/systemd/system/b.service', TEXT), true],
  ['the file changed', TEXT, (files) => files.touch(UNIT, 2), false],
  ['the file is gone', TEXT, (files) => files.entries.delete(UNIT), false],
  ['a drop-in was edited', TEXT, (files) => files.touch(DROP_IN, 2), false],
  ['a drop-in came', TEXT, (files) => files.entries.set(`${UNIT}.d/y.conf`, ''), false],
  ['a drop-in went', TEXT, (files) => files.entries.delete(DROP_IN), false],
  ['the description asks for the host name', `${TEXT}[Unit]\nDescription=%H\n`, () => undefined, false],
];
for (const [what, text, change, same] of rows)
  test(`a description would be the same: ${what}`, () => {
    const files = new FakeUnitFiles({ [UNIT]: text, [DROP_IN]: '' });
    const { madeFrom } = loadUnit('a.service', { files, index: UnitIndex.of(files), machine });
    change(files);
    assert.equal(
      isAsNoted(madeFrom, (path) => files.stamp(path)),
      same,
    );
  });

test('what changed a moment ago is read again', () =>
  assert.equal(
    isAsNoted([UNIT, ''], () => ''),
    false,
  ));

test('what the kernel has mounted is read again, for no file tells when that changes', () => {
  const files = new FakeUnitFiles({});
  const kernelHas = (id: string) => (id === 'mnt.mount' ? { Description: '/mnt' } : null);
  const madeFrom = (id: string) => loadUnit(id, { files, index: UnitIndex.of(files), machine, kernelHas }).madeFrom;
  assert.equal(madeFrom('mnt.mount'), null);
  assert.notEqual(madeFrom('other.mount'), null);
});
