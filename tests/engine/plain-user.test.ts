/** The same engine without root: user namespace, the same filter, no capability left; or no network, and why. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';
import { until } from '../until.ts';
import { isRoot, minimalImage, scratchFolder } from './lab.ts';
import { processesIn } from './leftovers.ts';
import type { Found } from './plain-user.ts';

const PLAIN = 65_534;
const SCRIPT = join(import.meta.dirname, 'plain-user.ts');
/** As udev leaves /dev/net/tun, and as the kernel makes it. */
const TUN_OPEN = '666';
const TUN_CLOSED = '600';
/** In a mount namespace of its own: whoever made the host's /dev/net/tun, here it has the mode that the test is about. */
const AS_PLAIN = `set -e
mount -t tmpfs -o mode=755 none "$1/dev"
mknod -m "$2" "$1/dev/tun" c 10 200
mount --bind "$1/dev/tun" /dev/net/tun
exec setpriv --reuid ${PLAIN} --regid ${PLAIN} --clear-groups "$3" "$4" "$1/engine" "$5"`;

/** True when everybody may read a file and pass all folders above it. */
function isPublic(path: string): boolean {
  if ((statSync(path).mode & 0o005) === 0) return false;
  return path === '/' || isPublic(dirname(path));
}

async function whyNot(): Promise<string | false> {
  if (!isRoot) return 'all other tests run as a plain user already';
  const { image } = await minimalImage();
  return isPublic(SCRIPT) && isPublic(image) ? false : 'the checkout or the image is in a folder of root’s own';
}

/** What plain-user.ts found, and how many of the guest's connections came through to the host. */
async function lookAround(t: TestContext, tunMode: string): Promise<{ found: Found; arrived: number }> {
  let arrived = 0;
  const server = createServer((socket) => {
    arrived += 1;
    socket.end();
  }).listen(0, '0.0.0.0');
  t.after(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const folder = scratchFolder(t);
  for (const name of ['dev', 'engine']) {
    mkdirSync(join(folder, name));
    chownSync(join(folder, name), PLAIN, PLAIN);
  }
  chmodSync(folder, 0o755);
  const script = ['-c', AS_PLAIN, 'sh', folder, tunMode, process.execPath, SCRIPT, String(port)];
  const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', ...script], {
    env: { ...process.env, HOME: join(folder, 'engine'), TMPDIR: join(folder, 'engine') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const found = JSON.parse(await text(child.stdout));
  await until('its processes have ended', () => processesIn(folder).length === 0);
  return { found, arrived };
}

test('a plain user’s machine has a network of its own, and the host is out of its reach', async (t) => {
  const why = await whyNot();
  if (why !== false) return t.skip(why);
  const { found, arrived } = await lookAround(t, TUN_OPEN);
  const name = await lookup('archive.ubuntu.com', 4).catch(() => null);
  assert.match(found.host, /refused/i);
  assert.doesNotMatch(found.host, /open/);
  assert.equal(arrived, 0);
  assert.deepEqual(
    { ...found, host: '', doctor: '' },
    {
      uid: PLAIN,
      capabilities: '0000000000000000',
      ownNetwork: true,
      resolver: 'nameserver 10.0.77.3',
      missing: null,
      host: '',
      name: name?.address ?? '',
      remembered: 'remembered',
      doctor: '',
    },
  );
  assert.deepEqual(found.doctor, {
    subject: 'network',
    level: 'ok',
    found: 'a user and network namespace with slirp4netns and a filter',
  });
  return undefined;
});

test('where a plain user may have no network, the machine runs without and says why', async (t) => {
  const why = await whyNot();
  if (why !== false) return t.skip(why);
  const { found, arrived } = await lookAround(t, TUN_CLOSED);
  assert.equal(arrived, 0);
  assert.doesNotMatch(found.host, /open/);
  assert.deepEqual([found.resolver, found.remembered], ['', 'remembered']);
  assert.match(found.missing ?? '', /^cannot make the network: .*slirp4netns: .*\/dev\/net\/tun.*Permission denied/s);
  assert.match(found.doctor.found, /^sandboxes have none: .*Permission denied/s);
  assert.equal(
    found.doctor.remedy,
    'sudo chmod 666 /dev/net/tun (udev does it where it runs), or run the daemon as root',
  );
  return undefined;
});
