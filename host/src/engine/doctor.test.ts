import assert from 'node:assert/strict';
import test from 'node:test';
import { mapHolds } from './doctor.ts';

const rows: [name: string, map: string, holds: boolean][] = [
  ['the first user namespace has all', '         0          0 4294967295\n', true],
  ['a container has few', '         0     100000      65536\n', false],
  ['the second line counts too', '0 1000 1\n1900000000 200000 65536\n', true],
  ['a part is not enough', '1900000000 200000 65535\n', false],
  ['an empty map', '', false],
];
for (const [name, map, holds] of rows)
  test(name, () => assert.equal(mapHolds(map, 1_900_000_000, 1_900_065_535), holds));
