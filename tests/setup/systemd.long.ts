/** The service that `bhatti setup` makes, under real systemd in a microVM. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import { quiet } from '../engine/lab.ts';
import { imagesDir } from '../services/image.ts';
import { systemdImage } from '../services/systemd/image.ts';
import { askSystemd } from '../services/systemd/machine.ts';
import { makePackage } from './package.ts';
import { assertServes } from './service-answers.ts';

test('setup on a machine with systemd makes a service that starts, restarts and goes', async (t) => {
  const scratch = mkdtempSync(join(imagesDir, 'setup-'));
  t.after(() => rmSync(scratch, { recursive: true }));
  const content = join(scratch, 'content');
  for (const folder of ['guest', 'cases']) mkdirSync(join(content, folder), { recursive: true });
  copyFileSync(join(import.meta.dirname, 'guest/driver.sh'), join(content, 'guest/driver.sh'));
  copyFileSync(process.execPath, join(content, 'cases/node'));
  copyFileSync(makePackage(scratch), join(content, 'cases/bhatti.tgz'));
  const image = await systemdImage(scratch, quiet, t.signal);
  const { kernel } = await new ImageCatalog(imagesDir, 'amd64').find('minimal');
  const onLine = (line: string): void => t.diagnostic(line);
  const answers = await askSystemd(content, { image, kernel, scratch, signal: t.signal, onLine });
  assertServes(readFileSync(join(answers, 'setup.txt'), 'utf8'));
});
