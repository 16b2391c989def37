/** The same engine without root: user namespace, the same filter, no capability left. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { chownSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import { until } from '../until.ts';
import { isRoot, minimalImage, scratchFolder } from './lab.ts';
import { processesIn } from './leftovers.ts';

const PLAIN = 65_534;

/** True when everybody may read a file and pass all folders above it. */
function isPublic(path: string): boolean {
  if ((statSync(path).mode & 0o005) === 0) return false;
  return path === '/' || isPublic(dirname(path));
}

test('a plain user’s machine has a network of its own, and the host is out of its reach', async (t) => {
  if (!isRoot) return t.skip('all other tests run as a plain user already');
  const { image } = await minimalImage();
  const script = join(import.meta.dirname, 'plain-user.ts');
  if (!isPublic(script) || !isPublic(image)) return t.skip('the checkout or the image is in a folder of root’s own');
  const server = createServer((socket) => socket.end()).listen(0, '0.0.0.0');
  t.after(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const folder = scratchFolder(t);
  chownSync(folder, PLAIN, PLAIN);
  const child = spawn(process.execPath, [script, folder, String(port)], {
    uid: PLAIN,
    gid: PLAIN,
    env: { ...process.env, HOME: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const found = JSON.parse(await text(child.stdout));
  const name = await lookup('archive.ubuntu.com', 4).catch(() => null);
  assert.match(found.host, /refused/i);
  assert.doesNotMatch(found.host, /open/);
  assert.deepEqual(
    { ...found, host: '' },
    {
      uid: PLAIN,
      capabilities: '0000000000000000',
      ownNetwork: true,
      resolver: 'nameserver 10.0.77.3',
      host: '',
      name: name?.address ?? '',
    },
  );
  await until('its processes have ended', () => processesIn(folder).length === 0);
  return undefined;
});
