/** npm run test:tiers: every tier is built and proves itself. Takes half an hour under emulation. */
import test, { after } from 'node:test';
import { listTiers } from '@bhatti/host/builder/tiers.ts';
import { openLab } from '../cli/lab.ts';
import { settingsFor } from './build.ts';
import { haveTier, IMAGES_DIR, tierTest } from './tier-test.ts';

const TEST_MS = 30 * 60_000;
const lab = openLab({ BHATTI_IMAGES_DIR: IMAGES_DIR });
after(() => lab.close());

for (const name of await listTiers(settingsFor(IMAGES_DIR).tiersDir))
  test(`tier ${name} works`, { timeout: TEST_MS }, async () => {
    await haveTier(name);
    process.stdout.write(await tierTest(lab, name));
    await lab.ok('prune'); // its template holds memory that the next one needs
  });
