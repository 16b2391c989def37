/** Makes a tier's layer, the tar of its whole root, with mmdebstrap: as root, or in a user namespace. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Fetched, gather } from './apt.ts';
import { APT_PINS, INIT_PACKAGE, type LaidFile, packFiles } from './lohar-layer.ts';
import { runProgram } from './program.ts';
import { LAYER_SCRIPT, type Tier } from './tiers.ts';

export interface LayerJob {
  readonly tier: Tier;
  /** The tar of the layer below; absent for a bootstrap. */
  readonly below: string | undefined;
  /** Sources of the bootstrap, as the image keeps them. */
  readonly sources: readonly string[];
  /** Files besides the tier's own that apt needs before packages are installed. */
  readonly aptFiles: readonly LaidFile[];
  readonly fetched: Fetched;
  /** A tar of npm packages under usr/local, if the recipe asks for some. */
  readonly npmTar: string | undefined;
  /** An empty folder of the job's own. */
  readonly scratch: string;
  /** Where mmdebstrap unpacks; the user namespace's root must reach it. */
  readonly unpackDir: string;
  readonly signal: AbortSignal;
  /** Both the log and what is going on. */
  readonly onLine: (line: string) => void;
}

/**
 * @returns the path of the tar, in `scratch`
 * @throws ProgramFailed; BhattiError host.missing-program
 */
export async function makeLayer(job: LayerJob): Promise<string> {
  const input = join(job.scratch, 'input');
  const debs = join(job.scratch, 'debs');
  await mkdir(input);
  await writeInput(job, input);
  if (job.below === undefined) await layInitPackage(join(input, 'init-package'));
  if (job.npmTar !== undefined) await copyFile(job.npmTar, join(input, 'npm.tar'));
  await gather(job.fetched.debs, debs);
  await gather(job.fetched.kernelDebs, join(input, 'kernel'));
  const tar = join(job.scratch, 'layer.tar');
  // No device nodes in a layer: a user namespace could not unpack them, and the guest's kernel makes its own.
  // unshare even as root: mounts and processes are gone with mmdebstrap, however it ends.
  const args = [
    '--mode=unshare',
    '--format=tar',
    '--verbose',
    '--skip=update,output/dev',
    ...hookArgs(job, input, debs),
  ];
  const { bootstrap } = job.tier.recipe;
  const from = bootstrap ? ['--variant=apt', bootstrap.suite, tar, ...job.sources] : ['--variant=custom', '', tar];
  await runProgram('mmdebstrap', [...args, ...from], {
    signal: job.signal,
    onLine: job.onLine,
    env: { TMPDIR: job.unpackDir },
  });
  return tar;
}

function hookArgs(job: LayerJob, input: string, debs: string): string[] {
  return [
    ...(job.below === undefined ? [] : [`--setup-hook=tar-in ${quoted(job.below)} /`]),
    '--setup-hook=mkdir -p "$1/dev" "$1/run/bhatti-build" "$1/var/cache/apt/archives/partial"',
    `--setup-hook=tar-in ${quoted(join(input, 'early.tar'))} /`,
    `--setup-hook=sync-in ${quoted(job.fetched.lists)} /var/lib/apt/lists`,
    `--setup-hook=sync-in ${quoted(debs)} /var/cache/apt/archives`,
    `--customize-hook=sync-in ${quoted(input)} /run/bhatti-build`,
    '--customize-hook=chroot "$1" /bin/bash /run/bhatti-build/layer.sh',
  ];
}

/** mmdebstrap splits a special hook as a shell would (Text::ParseWords). */
const quoted = (path: string): string => `"${path.replace(/(["\\])/g, '\\$1')}"`;

/** The layers above have it from the bootstrap. */
async function layInitPackage(folder: string): Promise<void> {
  for (const [path, from] of Object.entries(INIT_PACKAGE)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(from, join(folder, path));
  }
}

/** What layer.sh reads, one thing a line. */
async function writeInput(job: LayerJob, input: string): Promise<void> {
  const { recipe, files } = job.tier;
  const put = (name: string, lines: readonly string[]) =>
    writeFile(join(input, name), lines.map((line) => `${line}\n`).join(''));
  await put('packages', [...recipe.packages, ...recipe.foreign.flatMap((source) => source.packages)]);
  await put('kernel-cut', recipe.kernel?.cut ?? []);
  await put('locales', recipe.locales);
  await put(
    'users',
    recipe.users.map((user) => `${user.name} ${user.uid} ${user.groups.join(',') || '-'} ${user.sudo}`),
  );
  await put(
    'members',
    recipe.members.map((member) => `${member.group} ${member.user}`),
  );
  await put(
    'links',
    recipe.links.map((link) => `${link.path} ${link.target}`),
  );
  await put(
    'directories',
    recipe.directories.map((directory) => `${directory.path} ${directory.owner} ${directory.mode}`),
  );
  await put('enable', recipe.enable);
  await put('cut', recipe.cut);
  await copyFile(LAYER_SCRIPT, join(input, 'layer.sh'));
  const pack = async (name: string, some: readonly LaidFile[]) => {
    const scratch = join(job.scratch, name);
    await mkdir(scratch);
    await packFiles(some, [], scratch, join(input, `${name}.tar`), job.signal);
  };
  await pack('early', [APT_PINS, ...job.aptFiles, ...files.filter((file) => file.early)]);
  await pack(
    'late',
    files.filter((file) => !file.early),
  );
}
