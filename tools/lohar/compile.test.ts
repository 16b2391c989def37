import assert from 'node:assert/strict';
import test from 'node:test';
import { sectionOrder } from './compile.ts';

test('functions that run after boot come first, with their variants, and the C library behind them', () => {
  const order = '.text : {\n*(.text.a .text.a.*)\n*(.text.__b .text.__b.*)\n*libc.a:*(.text .text.*)\n}\n';
  assert.equal(sectionOrder('# why\na\n__b\n'), order);
});
