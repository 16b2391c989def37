import assert from 'node:assert/strict';
import test from 'node:test';
import { startOf } from './process-stat.ts';

test('when a process started, whatever it is called', () => {
  const fields = 'S 1 812 812 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 4711 9000 200';
  for (const name of ['nginx', 'a b', 'x) y (']) assert.equal(startOf(`812 (${name}) ${fields}`), 4711, name);
  assert.equal(startOf(''), null);
});
