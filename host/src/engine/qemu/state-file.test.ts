import assert from 'node:assert/strict';
import test from 'node:test';
import { loadableState } from './state-file.ts';

/** Magic, version 3, one made-up section, end. */
const saved = Uint8Array.from([0x51, 0x45, 0x56, 0x4d, 0, 0, 0, 3, 4, 9, 9, 9, 0]);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('gets its configuration and description sections', () =>
  assert.equal(
    hex(loadableState(saved, 'microvm')),
    ['5145564d00000003', '0700000007', hex(new TextEncoder().encode('microvm')), '0409090900', '0600000000'].join(''),
  ));

const refused: [name: string, bytes: Uint8Array, message: RegExp][] = [
  ['nothing at all', new Uint8Array(0), /not a device state/],
  ['a head alone', saved.subarray(0, 8), /not a device state/],
  ['something else', Uint8Array.from([1, ...saved.subarray(1)]), /not a device state/],
  ['another version', saved.with(7, 4), /version 4/],
  ['one that is loadable already', saved.with(8, 7), /configuration section already/],
  ['one that was cut off', saved.subarray(0, 12), /has no end/],
];
for (const [name, bytes, message] of refused)
  test(`refuses ${name}`, () => assert.throws(() => loadableState(bytes, 'microvm'), message));
