/** The service that `bhatti setup` makes, in a sandbox: its systemctl is lohar's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openLab } from '../cli/lab.ts';
import { makePackage } from './package.ts';
import { assertServes } from './service-answers.ts';

test('setup in a sandbox makes a service that starts, restarts and goes', async (t) => {
  const lab = openLab();
  const folder = mkdtempSync(join(tmpdir(), 'bh-package-'));
  t.after(async () => {
    await lab.close();
    rmSync(folder, { recursive: true });
  });
  const asRoot = ['exec', 'server', '-u', 'root', '--'];
  await lab.ok('create', 'server', '--memory', '1G');
  await lab.ok(...asRoot, 'mkdir', '-p', '/srv/answers');
  const files = {
    'bhatti.tgz': makePackage(folder),
    node: process.execPath,
    'driver.sh': join(import.meta.dirname, 'guest/driver.sh'),
  };
  for (const [name, path] of Object.entries(files))
    await lab.ok('file', 'cp', path, `server:/srv/${name}`, '--user', 'root');
  await lab.ok(...asRoot, 'bash', '/srv/driver.sh', '/srv', '/srv/answers');
  assertServes(await lab.ok('file', 'read', 'server', '/srv/answers/setup.txt'));
});
