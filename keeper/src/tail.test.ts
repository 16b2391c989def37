import assert from 'node:assert/strict';
import test from 'node:test';
import { Tail } from './tail.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const rows: [name: string, pieces: string[], kept: string][] = [
  ['all of it while it fits', ['ab', 'cd'], 'abcd'],
  ['the end when it does not', ['abcd', 'ef'], 'bcdef'],
  ['the end of one long piece', ['0123456789'], '56789'],
  ['nothing of nothing', [], ''],
];
for (const [name, pieces, kept] of rows)
  test(`keeps ${name}`, () => {
    const tail = new Tail(5);
    for (const piece of pieces) tail.append(bytes(piece));
    assert.equal(tail.text(), kept);
  });
