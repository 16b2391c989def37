import assert from 'node:assert/strict';
import test from 'node:test';
import { freeUid } from './uids.ts';

const range = { first: 5000, count: 4 };

test('the last free one is found', () => assert.equal(freeUid(range, new Set([5000, 5001, 5003])), 5002));

test('none left is an error that says what to do', () =>
  assert.throws(() => freeUid(range, new Set([5000, 5001, 5002, 5003])), /all 4 uids of the range are in use/));
