/**
 * node tests/field/record.ts [--upgrade] PACKAGE...: asks real systemd what a package does there, or its update, and keeps
 * it in tests/field/recorded/.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { observe } from './observe/observe.ts';
import { observeUpgrade } from './observe/upgrade.ts';
import { installedFor } from './packages.ts';
import { recordingPath, upgradePath } from './recording.ts';
import { SYSTEMD_ARCHIVES, withSystemd } from './systemd.ts';

const { values, positionals } = parseArgs({
  options: { upgrade: { type: 'boolean', default: false } },
  allowPositionals: true,
});
for (const name of positionals) {
  const from = performance.now();
  const packages = installedFor(name);
  const [path, recording, rc] = values.upgrade ? await upgrade(name, packages) : await whole(name, packages);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(recording, null, 1)}\n`);
  console.log(`${name}: apt ended with ${rc}, ${Math.round((performance.now() - from) / 1000)} s`);
}

async function whole(name: string, packages: readonly string[]): Promise<[string, object, number]> {
  const recording = await withSystemd(packages, (run) => observe(run, name));
  return [recordingPath(name), recording, recording.install.rc];
}

async function upgrade(name: string, packages: readonly string[]): Promise<[string, object, number]> {
  const pockets = ['released', 'updated'] as const;
  const recording = await withSystemd(packages, (run) => observeUpgrade(run, name, SYSTEMD_ARCHIVES), { pockets });
  return [upgradePath(name), recording, recording.upgrade_rc];
}
