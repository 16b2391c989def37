/** The image that answers are recorded in: the root of the cases' tier with real systemd in lohar's place. */
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { withBuildLock } from '@bhatti/host/builder/build-lock.ts';
import { makeImage } from '@bhatti/host/builder/image.ts';
import { ensureLayer } from '@bhatti/host/builder/layer-cache.ts';
import { runProgram } from '@bhatti/host/builder/program.ts';
import { loadChain } from '@bhatti/host/builder/tiers.ts';
import { withWorkFolder } from '@bhatti/host/builder/work-folder.ts';
import type { Progress } from '@bhatti/host/ports/engine.ts';
import { cacheDir, imagesDir, TIER, withRecipes } from '../image.ts';

const SIZE_MIB = 2048;

/** What its root is made of, and the file it is kept in. */
export interface SystemdImage {
  readonly tier: string;
  readonly file: string;
}

const OF_CASES: SystemdImage = { tier: TIER, file: 'systemd.ext4' };

/**
 * Kept in the images folder: remove it there to have one of the packages that the mirror has now.
 * @throws ProgramFailed with the last lines of what apt said
 */
export async function systemdImage(
  scratch: string,
  progress: Progress,
  signal: AbortSignal,
  { tier, file }: SystemdImage = OF_CASES,
): Promise<string> {
  const kept = join(imagesDir, file);
  if (!existsSync(kept)) {
    await buildSystemdImage(tier, scratch, progress, signal);
    await rename(join(scratch, 'image'), kept);
  }
  return kept;
}

/** Leaves `image` in the folder. */
async function buildSystemdImage(tier: string, folder: string, progress: Progress, signal: AbortSignal): Promise<void> {
  await mkdir(join(cacheDir, 'logs'), { recursive: true });
  const log = createWriteStream(join(cacheDir, 'logs/build-systemd.log'));
  const say = (line: string) => void log.write(`${line}\n`);
  await withBuildLock(cacheDir, progress, signal, () =>
    withWorkFolder(cacheDir, (work) =>
      withRecipes(async (tiersDir) => {
        const from = { cacheDir, mirrors: {}, refresh: false };
        const layer = await ensureLayer(await loadChain(tiersDir, tier), { ...from, work, progress, signal, log: say });
        progress.step('installing systemd');
        const tar = join(work.path, 'systemd.tar');
        const hooks = [
          `--setup-hook=tar-in ${layer.tar} /`,
          '--setup-hook=mkdir -p "$1/dev"',
          `--customize-hook=copy-in ${join(import.meta.dirname, 'lay.sh')} /run`,
          '--customize-hook=chroot "$1" /bin/sh /run/lay.sh',
        ];
        const words = ['--mode=unshare', '--format=tar', '--variant=custom', '--skip=update,output/dev', ...hooks];
        await runProgram('mmdebstrap', [...words, '', tar], { signal, onLine: say, env: { TMPDIR: work.unpackDir } });
        const shape = { label: 'systemd', sizeMib: SIZE_MIB, unpackDir: work.unpackDir };
        progress.step('making its image');
        await makeImage({ tars: [tar], from: 'root', ...shape, signal }, folder);
      }),
    ),
  );
  log.end();
}
