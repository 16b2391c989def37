import assert from 'node:assert/strict';
import test from 'node:test';
import { IndexChange } from './index-change.ts';
import { FakeUnitFiles } from './unit-files.fake.ts';
import { UnitIndex } from './unit-index.ts';

const ETC = '/etc/systemd/system';
const LIB = '/usr/lib/systemd/system';
const UNIT = '[Service]\nExecStart=/bin/true\n';
const link = (target: string): string => `-> ${target}`;
const BEFORE = {
  [`${LIB}/a.service`]: UNIT,
  [`${LIB}/b@.service`]: UNIT,
  [`${LIB}/a-b.service`]: UNIT,
  [`${ETC}/old.service`]: link(`${LIB}/a.service`),
};

const NAMES = ['a.service', 'b@1.service', 'a-b.service', 'none.service'];
const rows: [what: string, added: Readonly<Record<string, string>>, touched: string][] = [
  ['nothing', {}, ''],
  ['a unit that nobody knows', { [`${ETC}/new.service`]: UNIT }, ''],
  ['a file above the one that was read', { [`${ETC}/a.service`]: UNIT }, 'a.service'],
  ['a unit that was not found', { [`${ETC}/none.service`]: UNIT }, 'none.service'],
  ['an alias', { [`${ETC}/c.service`]: link(`${LIB}/a.service`) }, 'a.service'],
  [
    'an alias that leads elsewhere now',
    { [`${ETC}/old.service`]: link(`${LIB}/a-b.service`) },
    'a.service a-b.service',
  ],
  ['a mask', { [`${ETC}/a-b.service`]: link('/dev/null') }, 'a-b.service'],
  ['a template', { [`${ETC}/b@.service`]: UNIT }, 'b@1.service'],
  ['an alias of a template', { [`${ETC}/c@.service`]: link(`${LIB}/b@.service`) }, 'b@1.service'],
  ['drop-ins', { [`${ETC}/a.service.d/x.conf`]: '' }, 'a.service'],
  ['drop-ins of a prefix', { [`${ETC}/a-.service.d/x.conf`]: '' }, 'a-b.service'],
  ['drop-ins of a template', { [`${ETC}/b@.service.d/x.conf`]: '' }, 'b@1.service'],
  ['drop-ins of all services', { [`${ETC}/service.d/x.conf`]: '' }, NAMES.join(' ')],
  ['what it wants', { [`${ETC}/a.service.wants/x.service`]: link(`${LIB}/x.service`) }, 'a.service'],
];
for (const [what, added, touched] of rows)
  test(`a change touches those it is about: ${what}`, () => {
    const [before, after] = [BEFORE, { ...BEFORE, ...added }].map((files) => UnitIndex.of(new FakeUnitFiles(files)));
    assert.ok(before !== undefined && after !== undefined);
    for (const change of [new IndexChange(before, after), new IndexChange(after, before)])
      assert.equal(NAMES.filter((name) => change.touches([name])).join(' '), touched);
  });

test('a mount unit that comes is told', () => {
  const [before, after] = [{}, { [`${ETC}/mnt.mount`]: '' }].map((files) => UnitIndex.of(new FakeUnitFiles(files)));
  assert.ok(before !== undefined && after !== undefined);
  assert.deepEqual(
    [new IndexChange(before, after).hasMounts, new IndexChange(before, before).hasMounts],
    [true, false],
  );
});
