import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheDirectory, dataDirectory } from './data-directory.ts';

type Row = [name: string, flag: string | undefined, env: Record<string, string>, uid: number, expected: string];
const rows: Row[] = [
  ['a flag wins over everything', '/flag', { BHATTI_DATA_DIR: '/env', XDG_DATA_HOME: '/xdg' }, 0, '/flag'],
  ['the environment wins over the defaults', undefined, { BHATTI_DATA_DIR: '/env' }, 0, '/env'],
  ['an empty variable is none', undefined, { BHATTI_DATA_DIR: '' }, 0, '/var/lib/bhatti'],
  ['root keeps its data in /var/lib', undefined, { XDG_DATA_HOME: '/xdg' }, 0, '/var/lib/bhatti'],
  ['others follow XDG', undefined, { XDG_DATA_HOME: '/xdg' }, 1000, '/xdg/bhatti'],
  ['a relative XDG path is ignored', undefined, { XDG_DATA_HOME: 'xdg' }, 1000, '/home/u/.local/share/bhatti'],
  ['without XDG it is the home', undefined, {}, 1000, '/home/u/.local/share/bhatti'],
];
for (const [name, flag, env, uid, expected] of rows) {
  test(name, () => assert.equal(dataDirectory(flag, { env, uid, home: '/home/u', server: false }), expected));
}

test('on a server all use its daemon, unless they name another', () => {
  const at = (env: Record<string, string>) =>
    dataDirectory(undefined, { env, uid: 1000, home: '/home/u', server: true });
  assert.deepEqual([at({ XDG_DATA_HOME: '/xdg' }), at({ BHATTI_DATA_DIR: '/mine' })], ['/var/lib/bhatti', '/mine']);
});

test('downloads lie in the cache', () => {
  const at = (env: Record<string, string>) => cacheDirectory({ env, uid: 0, home: '/root', server: false });
  assert.deepEqual(
    [at({}), at({ XDG_CACHE_HOME: '/c' }), at({ BHATTI_CACHE_DIR: '/b', XDG_CACHE_HOME: '/c' })],
    ['/root/.cache/bhatti', '/c/bhatti', '/b'],
  );
});
