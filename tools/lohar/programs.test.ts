import assert from 'node:assert/strict';
import test from 'node:test';
import { bundle } from './programs.ts';

test('the heap that lohar is built with holds its clients, and nothing that PID 1 alone imports', async () => {
  const { scripts } = await bundle('lohar', 'amd64');
  const isPreloaded = (name: RegExp) => scripts.filter((script) => name.test(script.name)).map((one) => one.preloaded);
  assert.deepEqual(isPreloaded(/^(?:status|show|is-active)-/), [true, true, true]);
  assert.deepEqual(new Set(isPreloaded(/^(?:init|freeze|part)-/)), new Set([false]));
});
