import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { exampleSandbox } from '../core/example-sandbox.ts';
import { storeContract } from '../ports/store-contract.ts';
import { openStore } from './sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'bhatti-store-'));
after(() => rmSync(folder, { recursive: true }));

storeContract('the SQLite store', () => openStore(':memory:'));

test('what is stored comes back after the file was closed', async () => {
  const path = join(folder, 'kept.db');
  const first = await openStore(path);
  const sandbox = { ...exampleSandbox('a'.repeat(16), 'dev'), init: 'make', reason: 'why' };
  await first.sandboxes.insert(sandbox);
  await first.close();
  const second = await openStore(path);
  assert.deepEqual(await second.sandboxes.find(sandbox.id), sandbox);
  await second.close();
});

function query(path: string, text: string): void {
  const database = new DatabaseSync(path);
  database.exec(text);
  database.close();
}

const bad: [name: string, make: (path: string) => void, code: string, message: RegExp][] = [
  [
    'a file that is no database',
    (path) => writeFileSync(path, 'hello, I am a text '.repeat(100)),
    'store.invalid',
    /^cannot open the store .*: file is not a database$/,
  ],
  [
    'the database of another program',
    (path) => query(path, 'create table t (x)'),
    'store.invalid',
    /another program's/,
  ],
  [
    'a store of a newer version',
    (path) => query(path, 'create table t (x); pragma application_id = 1651012713; pragma user_version = 99'),
    'store.newer',
    /a newer bhatti wrote it \(version 99, this one knows \d+\)$/,
  ],
  ['a folder', () => {}, 'store.invalid', /unable to open database file/],
];
for (const [name, make, code, message] of bad) {
  test(`${name} is refused with ${code} and stays as it is`, async () => {
    const path = name === 'a folder' ? folder : join(folder, `${name.replaceAll(' ', '-')}.db`);
    make(path);
    const before = path === folder ? undefined : readFileSync(path);
    await assert.rejects(
      openStore(path),
      (error) => error instanceof BhattiError && error.code === code && message.test(error.message),
    );
    assert.deepEqual(path === folder ? undefined : readFileSync(path), before);
  });
}
