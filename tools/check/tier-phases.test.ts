import assert from 'node:assert/strict';
import test from 'node:test';
import { largeTierPhases, tooLate } from './tier-phases.ts';

test('every recipe but that of minimal is a phase', () => {
  const files = ['tiers/browser/recipe.yaml', 'tiers/browser/files/etc/x', 'tiers/minimal/recipe.yaml'];
  assert.deepEqual(
    largeTierPhases(files).map(({ name }) => name),
    ['tier:browser'],
  );
});

test('a tier is built when there is time, and says why when there is not', () => {
  assert.equal(tooLate(4 * 60_000), undefined);
  assert.equal(
    tooLate(61_000),
    'its image is not there, and of the time of this run 1 min 01 s are left: to build and boot it takes up to 4 min 00 s',
  );
});
