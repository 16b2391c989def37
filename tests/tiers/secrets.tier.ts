/**
 * Two sandboxes from one template share no secret, forked when they are asked for or prepared ahead: what each makes or was
 * given is compared.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { ask } from '@bhatti/host/api/test-client.ts';
import { type Lab, openLab } from '../cli/lab.ts';
import { until } from '../until.ts';
import { haveTier, IMAGES_DIR, patient } from './tier-test.ts';

const TEST_MS = 30 * 60_000;
const CLONE_MS = 5 * 60_000;
const labs = {
  template: openLab({ BHATTI_IMAGES_DIR: IMAGES_DIR, BHATTI_POOL: '0' }),
  pool: openLab({ BHATTI_IMAGES_DIR: IMAGES_DIR, BHATTI_POOL: '1' }),
};
after(async () => {
  for (const lab of Object.values(labs)) await lab.close();
});

type Secrets = Readonly<Record<string, string>>;

const everywhere: Secrets = {
  'machine id': 'cat /etc/machine-id',
  'MAC address': 'cat /sys/class/net/eth0/address',
  'kernel randomness': 'head -c 16 /dev/urandom | od -An -tx1',
  'a kernel uuid': 'cat /proc/sys/kernel/random/uuid',
  'OpenSSL randomness': 'openssl rand -hex 16',
};

const IN_CHROME = `const { chromium } = require('playwright');
(async () => {
  const browser = await chromium.connectOverCDP('http://127.0.0.1:9222');
  const page = await browser.newPage();
  console.log(await page.evaluate(() => [...crypto.getRandomValues(new Uint8Array(16))].join()));
  process.exit(0);
})();`;

const ofTier: Readonly<Record<string, Secrets>> = {
  minimal: {},
  docker: {
    "the engine's id": 'sudo cat /var/lib/docker/engine-id',
    'a network id': 'docker network create one',
    'a container id': 'tar -c -T /dev/null | docker import - empty >/dev/null; docker create empty /none',
    'a volume id': 'docker volume create',
  },
  browser: {
    'crypto.getRandomValues of the Chrome that ran in the template': `NODE_PATH=/usr/local/lib/node_modules node -e "${IN_CHROME}"`,
  },
  computer: {
    'the VNC password': 'vnc-creds --json',
    'what the server keeps of it': 'sudo cat /etc/kasmvnc/credentials',
    'the D-Bus machine id': 'dbus-uuidgen --get',
  },
};

async function clones({ dataDir }: Lab): Promise<unknown[]> {
  const { bytes } = await ask(join(dataDir, 'api.sock'), 'GET', '/v1/pool');
  return JSON.parse(bytes.toString()).clones;
}

/** Makes a sandbox that comes from where it should. */
async function create(lab: Lab, name: string, tier: string, from: string): Promise<void> {
  if (from === 'pool') await until('a clone waits', async () => (await clones(lab)).length > 0, CLONE_MS);
  await patient(lab, 'create', name, '--image', tier);
  assert.equal(JSON.parse(await lab.ok('inspect', name, '--json')).report.from, from);
}

const rows = Object.entries(ofTier).flatMap(([tier, secrets]) =>
  (['template', 'pool'] as const).map((from) => ({ tier, secrets, from })),
);
for (const { tier, secrets, from } of rows)
  test(`two sandboxes of ${tier} from the ${from} have other secrets`, { timeout: TEST_MS }, async () => {
    const lab = labs[from];
    await haveTier(tier);
    if (from === 'pool') {
      await create(lab, 'first', tier, 'template'); // for its shape to be known
      await lab.ok('destroy', 'first', '--yes');
    }
    const names = [`${tier}-one`, `${tier}-two`];
    for (const name of names) await create(lab, name, tier, from);
    for (const [what, script] of Object.entries({ ...everywhere, ...secrets })) {
      const found = await Promise.all(names.map((name) => lab.ok('exec', name, '--', 'sh', '-c', script)));
      assert.notEqual(found[0]?.trim(), '', what);
      assert.notEqual(found[0], found[1], what);
    }
    await lab.ok('destroy', ...names, '--yes');
    await lab.ok('prune');
  });
