/** What every store does: the tests of each run this. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { exampleSandbox } from '../core/example-sandbox.ts';
import { listed } from '../core/sandbox.ts';
import type { Store } from './store.ts';

function isTaken(error: unknown): boolean {
  return error instanceof BhattiError && error.code === 'name.taken';
}

const A = 'a'.repeat(16);
const B = 'b'.repeat(16);

/** @param open a fresh, empty store at each call */
export function storeContract(name: string, open: () => Promise<Store>): void {
  test(`${name}: a change touches what it names and nothing else`, async () => {
    const { sandboxes, close } = await open();
    await sandboxes.insert(exampleSandbox(A, 'dev'));
    const changed = { ...exampleSandbox(A, 'dev'), state: 'running', reason: 'why', changedMs: 9 } as const;
    assert.deepEqual(await sandboxes.update(A, { state: 'running', reason: 'why' }, 9), changed);
    assert.deepEqual(await sandboxes.list(), [listed(changed)]);
    assert.deepEqual(await sandboxes.find(A), changed);
    assert.deepEqual(await sandboxes.update(A, { labels: {} }, 10), { ...changed, labels: {}, changedMs: 10 });
    assert.equal((await sandboxes.update(A, { reason: null }, 11))?.reason, undefined);
    await close();
  });

  test(`${name}: a list shows each change as soon as it is made`, async () => {
    const { sandboxes, close } = await open();
    const names = async () => (await sandboxes.list()).map((one) => `${one.name} ${one.state}`);
    const seen = [await names()];
    await sandboxes.insert({ ...exampleSandbox(A, 'dev'), state: 'running' });
    seen.push(await names(), await names());
    await sandboxes.update(A, { state: 'stopped', name: 'web' }, 9);
    seen.push(await names());
    await sandboxes.remove(A);
    assert.deepEqual([...seen, await names()], [[], ['dev running'], ['dev running'], ['web stopped'], []]);
    await close();
  });

  test(`${name}: somebody may mean a name, an id or its beginning`, async () => {
    const { sandboxes, close } = await open();
    const like = async (reference: string) => (await sandboxes.like(reference)).map((one) => one.name).sort();
    await sandboxes.insert(exampleSandbox(A, 'dev'));
    await sandboxes.insert(exampleSandbox(`ab${'0'.repeat(14)}`, 'web'));
    await sandboxes.insert(exampleSandbox(B, 'a'));
    assert.deepEqual(
      [await like('dev'), await like(A), await like('ab'), await like('a'), await like('x%'), await like('')],
      [['dev'], ['dev'], ['web'], ['a', 'dev', 'web'], [], []],
    );
    await close();
  });

  test(`${name}: what is not there is neither found nor changed`, async () => {
    const { sandboxes, keys, close } = await open();
    assert.deepEqual(
      [
        await sandboxes.find(A),
        await sandboxes.update(A, { name: 'x' }, 1),
        await keys.find('1'),
        await keys.remove('1'),
      ],
      [undefined, undefined, undefined, false],
    );
    await sandboxes.remove(A);
    await close();
  });

  test(`${name}: a name is there once, whether by insert or by rename, until it is removed`, async () => {
    const { sandboxes, close } = await open();
    await sandboxes.insert(exampleSandbox(A, 'dev'));
    await sandboxes.insert(exampleSandbox(B, 'web'));
    await assert.rejects(sandboxes.insert(exampleSandbox('c'.repeat(16), 'dev')), isTaken);
    await assert.rejects(sandboxes.update(B, { name: 'dev' }, 6), isTaken);
    await sandboxes.remove(A);
    assert.equal((await sandboxes.update(B, { name: 'dev' }, 7))?.name, 'dev');
    await close();
  });
  keysContract(name, open);
}

function keysContract(name: string, open: () => Promise<Store>): void {
  test(`${name}: keys are found by id and tell when they were used`, async () => {
    const { keys, close } = await open();
    const key = { id: '01234567', name: 'ci', hash: 'h', createdMs: 1 };
    await keys.insert(key);
    await assert.rejects(keys.insert({ ...key, id: '89abcdef' }), isTaken);
    await keys.used('01234567', 7);
    assert.deepEqual(
      [await keys.find('01234567'), await keys.list()],
      [{ ...key, usedMs: 7 }, [{ ...key, usedMs: 7 }]],
    );
    assert.deepEqual([await keys.remove('01234567'), await keys.list()], [true, []]);
    await close();
  });
}
