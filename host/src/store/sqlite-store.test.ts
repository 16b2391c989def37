import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { mebibytes } from '@bhatti/wire/units.ts';
import type { Sandbox } from '../core/sandbox.ts';
import { openStore } from './sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'bhatti-store-'));
after(() => rmSync(folder, { recursive: true }));

function sandbox(id: string, name: string): Sandbox {
  return {
    id,
    name,
    image: 'minimal',
    cpus: 1,
    memoryMib: mebibytes(512),
    diskMib: mebibytes(1024),
    env: { A: '1' },
    labels: { team: 'web' },
    wanted: 'running',
    state: 'creating',
    createdMs: 5,
    changedMs: 5,
  };
}

function refuses(code: string): (error: unknown) => boolean {
  return (error) => error instanceof BhattiError && error.code === code;
}

test('what is stored comes back, also after the file was closed', async () => {
  const path = join(folder, 'kept.db');
  const first = await openStore(path);
  await first.sandboxes.insert(sandbox('a'.repeat(16), 'dev'));
  await first.sandboxes.update('a'.repeat(16), { state: 'running', reason: 'why' }, 9);
  await first.close();
  const second = await openStore(path);
  assert.deepEqual(await second.sandboxes.list(), [
    { ...sandbox('a'.repeat(16), 'dev'), state: 'running', reason: 'why', changedMs: 9 },
  ]);
  assert.equal((await second.sandboxes.update('a'.repeat(16), { reason: null }, 10))?.reason, undefined);
  await second.sandboxes.remove('a'.repeat(16));
  assert.equal(await second.sandboxes.find('a'.repeat(16)), undefined);
  await second.close();
});

test('a name is there once, whether by insert or by rename', async () => {
  const store = await openStore(join(folder, 'names.db'));
  await store.sandboxes.insert(sandbox('a'.repeat(16), 'dev'));
  await store.sandboxes.insert(sandbox('b'.repeat(16), 'web'));
  await assert.rejects(store.sandboxes.insert(sandbox('c'.repeat(16), 'dev')), refuses('name.taken'));
  await assert.rejects(store.sandboxes.update('b'.repeat(16), { name: 'dev' }, 6), refuses('name.taken'));
  await store.close();
});

const bad: [name: string, make: (path: string) => void, code: string][] = [
  ['a file that is no database', (path) => writeFileSync(path, 'hello, I am a text '.repeat(100)), 'store.invalid'],
  ['the database of another program', (path) => query(path, 'create table t (x)'), 'store.invalid'],
  [
    'a store of a newer version',
    (path) => query(path, 'create table t (x); pragma application_id = 1651012713; pragma user_version = 99'),
    'store.newer',
  ],
];
for (const [name, make, code] of bad) {
  test(`${name} is refused with ${code} and stays as it is`, async () => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.db`);
    make(path);
    await assert.rejects(openStore(path), refuses(code));
  });
}

function query(path: string, text: string): void {
  const database = new DatabaseSync(path);
  database.exec(text);
  database.close();
}

test('keys are found by id and tell when they were used', async () => {
  const store = await openStore(join(folder, 'keys.db'));
  await store.keys.insert({ id: '01234567', name: 'ci', hash: 'h', createdMs: 1 });
  await store.keys.used('01234567', 7);
  assert.deepEqual(await store.keys.find('01234567'), {
    id: '01234567',
    name: 'ci',
    hash: 'h',
    createdMs: 1,
    usedMs: 7,
  });
  assert.equal(await store.keys.remove('01234567'), true);
  assert.equal(await store.keys.remove('01234567'), false);
  await store.close();
});
