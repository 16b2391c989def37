/** Random and mutated unit files: the parser never throws and never invents assignments out of nothing. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { parseUnitFile } from './parse.ts';

const ROUNDS = 20_000;
const PIECES = [
  '[Unit]',
  '[Service]',
  '[',
  ']',
  '=',
  '\\',
  '\n',
  '\r\n',
  '\r',
  '\0',
  '#',
  ';',
  ' ',
  '\t',
  'Exec',
  'a',
  '"',
  "'",
  '\ufeff',
  '\udc80',
  '\ud800',
  '%',
];

/** xorshift32: a seed replays the run. */
function random(seed: number): () => number {
  let state = seed || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

test('arbitrary text', (context) => {
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
  context.diagnostic(`seed ${seed}`);
  const next = random(seed);
  for (let round = 0; round < ROUNDS; round++) {
    let text = '';
    for (let count = next() * 40; count > 0; count--) text += PIECES[Math.floor(next() * PIECES.length)];
    const { items } = parseUnitFile(text, new Set(['Unit', 'Service']));
    const lines = text.split(/\r\n|\n\r|\n|\r|\0/).length;
    for (const item of items) {
      assert.ok(item.line >= 1 && item.line <= lines + 1, `line ${item.line} of ${JSON.stringify(text)}`);
      if (item.is === 'assignment') assert.ok(item.key !== '' && !item.key.includes('='), JSON.stringify(text));
    }
  }
});
