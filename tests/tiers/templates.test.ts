/**
 * Every large tier boots from its template: all its units are active, and what it is for answers in the first command. That
 * it does its work is proved by npm run test:tiers, which takes longer than npm test may.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { listTiers } from '@bhatti/host/builder/tiers.ts';
import { openLab } from '../cli/lab.ts';
import { settingsFor } from './build.ts';
import { hasTier, IMAGES_DIR } from './tier-test.ts';

const lab = openLab({ BHATTI_IMAGES_DIR: IMAGES_DIR });
after(() => lab.close());

/** The first command of a fork, right after create, and what it says. */
const FIRST: Readonly<Record<string, readonly [script: string, says: RegExp]>> = {
  docker: ["docker version --format '{{.Server.Os}}'", /^linux\n$/],
  browser: ['curl -sf 127.0.0.1:9222/json/version', /"Browser": "HeadlessChrome\//],
  computer: [
    'echo "$DISPLAY"; screen-size; xdotool search --onlyvisible --class xfdesktop | wc -l',
    /^:99\n1280x800\n[1-9]/,
  ],
};

/** Units that run only for variables of --env, those, the first command then, and what it says. */
const ASKED: Readonly<Record<string, { unit: string; env: readonly string[]; script: string; says: string }>> = {
  browser: {
    unit: 'headless-chrome-settings.service',
    env: ['CHROME_REMOTE_PORT=9333'],
    script: `curl -sf 127.0.0.1:9333/json/version | grep -c '"Browser": "HeadlessChrome/'`,
    says: '1',
  },
  computer: {
    unit: 'kasmvnc-settings.service',
    env: ['DISPLAY_WIDTH=1024', 'DISPLAY_HEIGHT=768'],
    script: 'screen-size',
    says: '1024x768',
  },
};

/** What the tier's recipe enables, as its image says. */
function unitsOf(tier: string): readonly string[] {
  return JSON.parse(readFileSync(join(IMAGES_DIR, `rootfs-${tier}-amd64.json`), 'utf8')).units;
}

async function asksFor(tier: string): Promise<void> {
  const asked = ASKED[tier];
  if (asked === undefined) return;
  const name = `${tier}-asked`;
  await lab.ok('create', name, '--image', tier, ...asked.env.flatMap((one) => ['--env', one]));
  const script = `systemctl is-active ${asked.unit}; ${asked.script}`;
  assert.equal(await lab.ok('exec', name, '--', 'sh', '-c', script), `active\n${asked.says}\n`);
  await lab.ok('destroy', name, '--yes');
}

const tiers = await listTiers(settingsFor(IMAGES_DIR).tiersDir);
for (const tier of tiers.filter((name) => name !== 'minimal'))
  test(`tier ${tier} boots from its template`, async (t) => {
    if (!hasTier(tier)) return t.skip(`its image is not there: npm test -- --only tier:${tier} builds it`);
    assert.match(await lab.ok('create', tier, '--image', tier), /forked in/);
    const [script, says] = FIRST[tier] ?? ['systemctl is-system-running', /^running\n$/];
    assert.match(await lab.ok('exec', tier, '--', 'sh', '-c', script), says);
    const units = unitsOf(tier);
    // is-active ends with 3 when one is not.
    const states = await lab.ok('exec', tier, '--', 'sh', '-c', `systemctl is-active ${units.join(' ')} || :`);
    assert.deepEqual(
      states.trim().split('\n'),
      units.map((unit) => (unit === ASKED[tier]?.unit ? 'inactive' : 'active')),
    );
    await lab.ok('destroy', tier, '--yes');
    await asksFor(tier);
    await lab.ok('prune'); // its template holds memory that the next one needs
  });
