import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { CODES } from './errors.ts';
import * as frame from './frame.ts';
import * as limits from './limits.ts';
import * as schema from './schema.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/wire.md'), 'utf8');

test('the page on the wire has every limit with its value', () => {
  const told = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d+) \|$/gm)].map(([, name, value]) => [name, Number(value)]);
  assert.deepEqual(Object.fromEntries(told), { ...limits });
});

test('the page on the wire has every kind of frame, in the order of their numbers', () => {
  const { HELLO, OPEN, DATA, CREDIT, END, MESSAGE, CLOSE } = frame;
  const told = [...page.matchAll(/^\| (\d) \| ([A-Z]{2,}) \|/gm)].map(([, kind, name]) => [name, Number(kind)]);
  assert.deepEqual(Object.fromEntries(told), { HELLO, OPEN, DATA, CREDIT, END, MESSAGE, CLOSE });
});

test('the page on the wire has every request and no other', () => {
  const rows = [...page.matchAll(/^\| `([a-z.-]+)` \|/gm)].map(([, op]) => op);
  for (const op of rows) assert.doesNotThrow(() => knows(op ?? ''), op);
  assert.equal(new Set(rows).size, 20);
});

/** @throws when no request has this name; one whose fields are missing has. */
function knows(op: string): void {
  try {
    schema.request({ op }, '');
  } catch (error) {
    if (error instanceof Error && error.message.includes('.op must be')) throw error;
  }
}

test('the example on the page is what the encoder makes', () => {
  const [, hex = ''] = /`((?:[0-9a-f]{2} +)+[0-9a-f]{2})`\.$/m.exec(page) ?? [];
  assert.equal(Buffer.from(frame.encodeEnd(7, 0)).toString('hex'), hex.replaceAll(' ', ''));
});

test('the errors on the page are codes', () => {
  const [, faults = ''] = page.split('## What ends what');
  for (const [, code = ''] of faults.matchAll(/`([a-z]+\.[a-z-]+)`/g)) assert.ok(Object.hasOwn(CODES, code), code);
});
