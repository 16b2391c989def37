/** Tries one package in a sandbox: what apt and its units do, whether a client is served, also after stop and start. */
import { until } from '../until.ts';
import { ARCHIVES } from './archive.ts';
import { type Difference, differences, upgradeDifferences } from './compare.ts';
import type { Run } from './observe/ask.ts';
import { observe } from './observe/observe.ts';
import { observeUpgrade } from './observe/upgrade.ts';
import { beforeTrying, FIELD_PACKAGES, type FieldPackage, installedFor } from './packages.ts';
import { type Recording, recordingOf, upgradeOf } from './recording.ts';
import { type Sandbox, withSandbox } from './sandbox.ts';

/** A daemon that has just begun may not answer yet. */
const CLIENT_MS = 90_000;
const ANSWER_MAX = 300;

export interface Tried {
  readonly seen: Recording;
  /** Where it did otherwise than under real systemd, or did not work. */
  readonly wrong: readonly Difference[];
}

/** @throws Error when real systemd was not asked about it, or there is no client for it */
export async function tryPackage(sandbox: Sandbox, name: string): Promise<Tried> {
  const recording = recordingOf(name);
  const known = FIELD_PACKAGES.find((one) => one.name === name);
  if (recording === undefined) throw new Error('real systemd was not asked about it: node tests/field/record.ts');
  if (known === undefined) throw new Error('tests/field/packages.ts has no client for it');
  const wrong: Difference[] = [];
  const served = async (when: string): Promise<void> => {
    const answer = await askClient(sandbox.run, known);
    if (answer !== null) wrong.push({ about: `client ${when}`, systemd: String(known.says), lohar: answer });
  };
  const prepared = await sandbox.run(beforeTrying(name));
  if (prepared.code !== 0) throw new Error(`the sandbox could not be prepared: ${prepared.output}`);
  const seen = await observe(sandbox.run, name, {
    installed: () => served('once installed'),
    exercised: async () => {
      // There are daemons that a reload ends, under real systemd as well: it sends them a signal that they do not know.
      for (const [unit, { after_reload }] of Object.entries(recording.services))
        if (after_reload?.ActiveState === 'inactive') await sandbox.run(`systemctl start ${unit}`);
      await served('after restarts and kill -9');
      await sandbox.stopAndStart();
      await served('after stop and start of the sandbox');
    },
  });
  return { seen, wrong: [...differences(recording, seen), ...wrong] };
}

/** Upgrades the package in a sandbox of its own, where real systemd was asked about that. */
export async function tryUpgrade(name: string): Promise<readonly Difference[]> {
  const recording = upgradeOf(name);
  if (recording === undefined) return [];
  const work = (sandbox: Sandbox) => observeUpgrade(sandbox.run, name, ARCHIVES);
  return upgradeDifferences(recording, await withSandbox(installedFor(name), work, ['released', 'updated']));
}

/** @returns what the client says instead, null when it is served */
export async function askClient(run: Run, { ask, says }: FieldPackage): Promise<string | null> {
  let said = '';
  const served = async (): Promise<boolean> => {
    const { code, output } = await run(ask);
    said = `${code}: ${output.trim().slice(0, ANSWER_MAX)}`;
    return code === 0 && says.test(output);
  };
  return until('a client is served', served, CLIENT_MS).then(
    () => null,
    (error: Error) => `${error.message} (${said})`,
  );
}
