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

/** What the tier's recipe enables, as its image says. */
function unitsOf(tier: string): readonly string[] {
  return JSON.parse(readFileSync(join(IMAGES_DIR, `rootfs-${tier}-amd64.json`), 'utf8')).units;
}

const tiers = await listTiers(settingsFor(IMAGES_DIR).tiersDir);
for (const tier of tiers.filter((name) => name !== 'minimal'))
  test(`tier ${tier} boots from its template`, async (t) => {
    if (!hasTier(tier)) return t.skip(`its image is not there: npm test -- --only tier:${tier} builds it`);
    assert.match(await lab.ok('create', tier, '--image', tier), /forked in/);
    const [script, says] = FIRST[tier] ?? ['systemctl is-system-running', /^running\n$/];
    assert.match(await lab.ok('exec', tier, '--', 'sh', '-c', script), says);
    const units = unitsOf(tier);
    const states = await lab.ok('exec', tier, '--', 'systemctl', 'is-active', ...units);
    assert.deepEqual(
      states.trim().split('\n'),
      units.map(() => 'active'),
    );
    await lab.ok('destroy', tier, '--yes');
    await lab.ok('prune'); // its template holds memory that the next one needs
  });
