import assert from 'node:assert/strict';
import test from 'node:test';
import { parseStreamHeader } from './stream-header.ts';

test('the header of systemd-cat', () => {
  assert.deepEqual(parseStreamHeader(['tcat', '', '6', '1', '0', '0', '0']), {
    identifier: 'tcat',
    unit: '',
    priority: 6,
    facility: 0,
    levelPrefix: true,
  });
});

test('the header of a service manager', () => {
  assert.deepEqual(parseStreamHeader(['sh', 'a.service', '30', 'no', '0', '0', '0']), {
    identifier: 'sh',
    unit: 'a.service',
    priority: 6,
    facility: 3,
    levelPrefix: false,
  });
});

for (const [name, lines] of [
  ['no number', ['a', '', 'x', '1', '0', '0', '0']],
  ['no boolean', ['a', '', '6', '2', '0', '0', '0']],
  ['too few lines', ['a', '', '6', '1']],
  ['nothing', []],
] as const)
  test(`refused: ${name}`, () => assert.equal(parseStreamHeader(lines), null));
