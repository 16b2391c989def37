import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotPath, snapshotReference } from './snapshot-reference.ts';

const rows: [argument: string, name: string | undefined, exact: boolean, reference: string | RegExp][] = [
  ['dev', undefined, false, 'dev'],
  ['dev/a', undefined, false, 'dev/a'],
  ['dev', 'a', false, 'dev/a'],
  ['dev', 'a', true, 'dev/a'],
  ['dev/a', undefined, true, 'dev/a'],
  ['dev/a', 'a', false, /it is named twice/],
  ['dev', undefined, true, /the name of the snapshot is missing/],
];
for (const [argument, name, exact, reference] of rows) {
  test(`${argument}, --name ${name}${exact ? ', exactly' : ''}`, () => {
    if (typeof reference === 'string') assert.equal(snapshotReference(argument, name, exact), reference);
    else assert.throws(() => snapshotReference(argument, name, exact), { message: reference });
  });
}

test('its slash is no slash of the path', () =>
  assert.equal(snapshotPath('dev/a', '/restore'), '/v1/snapshots/dev%2Fa/restore'));
