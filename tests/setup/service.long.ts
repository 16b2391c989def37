/** The service that `bhatti setup` makes: in a sandbox, whose systemctl is lohar's, and under real systemd in a microVM. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import { openLab } from '../cli/lab.ts';
import { quiet } from '../engine/lab.ts';
import { imagesDir } from '../services/image.ts';
import { systemdImage } from '../services/systemd/image.ts';
import { askSystemd } from '../services/systemd/machine.ts';
import { until } from '../until.ts';
import { makePackage } from './package.ts';
import { assertServes } from './service-answers.ts';

const DRIVER = join(import.meta.dirname, 'guest/driver.sh');
/** Node starts a dozen times, each for seconds under emulation. */
const DRIVER_MS = 10 * 60_000;

function scratchFolder(t: { after(does: () => void): void }): string {
  const folder = mkdtempSync(join(imagesDir, 'setup-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('in a sandbox setup makes a service that starts, restarts and goes', async (t) => {
  const files = { 'bhatti.tgz': makePackage(scratchFolder(t)), node: process.execPath, 'driver.sh': DRIVER };
  const lab = openLab({ BHATTI_IMAGES_DIR: imagesDir });
  t.after(() => lab.close());
  const asRoot = ['exec', 'server', '-u', 'root', '--'];
  await lab.ok('create', 'server', '--memory', '1G');
  for (const [name, path] of Object.entries(files))
    await lab.ok('file', 'cp', path, `server:/srv/${name}`, '--user', 'root');
  await lab.ok(...asRoot, 'sh', '-c', '{ bash /srv/driver.sh /srv /srv/answers; touch /srv/over; } >/srv/said 2>&1 &');
  const over = async () => (await lab.run([...asRoot, 'test', '-e', '/srv/over'])).code === 0;
  await until('the script has ended', over, DRIVER_MS);
  assertServes(await lab.ok('file', 'read', 'server', '/srv/answers/setup.txt'));
});

test('under systemd setup makes a service that starts, restarts and goes', async (t) => {
  const scratch = scratchFolder(t);
  const content = join(scratch, 'content');
  for (const folder of ['guest', 'cases']) mkdirSync(join(content, folder), { recursive: true });
  copyFileSync(DRIVER, join(content, 'guest/driver.sh'));
  copyFileSync(process.execPath, join(content, 'cases/node'));
  copyFileSync(makePackage(scratch), join(content, 'cases/bhatti.tgz'));
  const image = await systemdImage(scratch, quiet, t.signal);
  const { kernel } = await new ImageCatalog(imagesDir, 'amd64').find('minimal');
  const answers = await askSystemd(content, { image, kernel, scratch, signal: t.signal, onLine: () => {} });
  assertServes(readFileSync(join(answers, 'setup.txt'), 'utf8'));
});
