/** Makes a tier's layer, the tar of its whole root, with mmdebstrap: as root, or in a user namespace. */
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { APT_PINS, packFiles } from './lohar-layer.ts';
import { runProgram } from './program.ts';
import type { Tier } from './tiers.ts';

const script = join(import.meta.dirname, 'layer.sh');

export interface LayerJob {
  readonly tier: Tier;
  /** The tar of the layer below; absent for a bootstrap. */
  readonly below?: string;
  /** An empty folder of the job's own. */
  readonly scratch: string;
  /** Where mmdebstrap unpacks; the user namespace's root must reach it. */
  readonly unpackDir: string;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/**
 * @param tar appears whole or not at all
 * @throws ProgramFailed; BhattiError host.missing-program | operation.cancelled
 */
export async function makeLayer(job: LayerJob, tar: string): Promise<void> {
  const input = join(job.scratch, 'input');
  await mkdir(input);
  await writeInput(job, input);
  const unfinished = join(job.scratch, 'layer.tar');
  // unshare even as root: mounts and processes are gone with mmdebstrap, however it ends.
  const args = ['--mode=unshare', '--format=tar', '--verbose', ...rootArgs(job), ...hookArgs(input)];
  const suite = job.tier.recipe.bootstrap?.suite ?? '';
  await runProgram('mmdebstrap', [...args, suite, unfinished], {
    signal: job.signal,
    onLine: job.onLine,
    env: { TMPDIR: job.unpackDir },
  });
  await rename(unfinished, tar);
}

function rootArgs(job: LayerJob): string[] {
  const from = job.tier.recipe.bootstrap;
  if (from)
    return ['--variant=apt', `--components=${from.components.join(',')}`, `--keyring=${job.tier.keyrings[0] ?? ''}`];
  return ['--variant=custom', '--skip=update', `--setup-hook=tar-in ${job.below ?? ''} /`];
}

function hookArgs(input: string): string[] {
  return [
    '--setup-hook=mkdir -p "$1/run/bhatti-build"',
    `--setup-hook=tar-in ${join(input, 'early.tar')} /`,
    `--customize-hook=sync-in ${input} /run/bhatti-build`,
    '--customize-hook=chroot "$1" /bin/sh /run/bhatti-build/layer.sh',
  ];
}

/** What layer.sh reads, one thing a line. */
async function writeInput(job: LayerJob, input: string): Promise<void> {
  const { recipe, files } = job.tier;
  const put = (name: string, lines: readonly string[]) =>
    writeFile(join(input, name), lines.map((line) => `${line}\n`).join(''));
  await put('packages', recipe.packages);
  await put('kernel', recipe.kernel ? [recipe.kernel.package] : []);
  await put('kernel-cut', recipe.kernel?.cut ?? []);
  await put('locales', recipe.locales);
  await put(
    'users',
    recipe.users.map((user) => `${user.name} ${user.uid} ${user.groups.join(',') || '-'} ${user.sudo}`),
  );
  await put(
    'directories',
    recipe.directories.map((directory) => `${directory.path} ${directory.owner} ${directory.mode}`),
  );
  await put('enable', recipe.enable);
  await put('cut', recipe.cut);
  await copyFile(script, join(input, 'layer.sh'));
  const pack = async (name: string, some: Parameters<typeof packFiles>[0]) => {
    const scratch = join(job.scratch, name);
    await mkdir(scratch);
    await packFiles(some, [], scratch, join(input, `${name}.tar`), job.signal);
  };
  await pack('early', [APT_PINS, ...files.filter((file) => file.early)]);
  await pack(
    'files',
    files.filter((file) => !file.early),
  );
}
