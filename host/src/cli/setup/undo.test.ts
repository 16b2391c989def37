import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Precious, whatGoes } from './undo.ts';

const rows: [precious: Precious, said: string | null][] = [
  [{ sandboxes: [], images: [] }, null],
  [{ sandboxes: ['dev'], images: [] }, 'destroy the sandbox dev'],
  [{ sandboxes: ['a', 'b'], images: ['mine'] }, 'destroy the sandboxes a, b and delete the image mine'],
  [{ sandboxes: [], images: ['x', 'y'] }, 'delete the images x, y'],
];
for (const [precious, said] of rows)
  test(`what goes: ${said ?? 'nothing that needs a yes'}`, () => assert.equal(whatGoes(precious), said));
