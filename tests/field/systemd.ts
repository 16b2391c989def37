/** A machine of the sandboxes' shape with real systemd, asked over a port of its own. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import { imagesDir } from '../services/image.ts';
import { systemdImage } from '../services/systemd/image.ts';
import { openSystemd } from '../services/systemd/open-systemd.ts';
import { archiveOf, type Pocket, useArchive } from './archive.ts';
import type { Run } from './observe/ask.ts';
import { CPUS, MEMORY_MIB } from './sandbox.ts';

const IMAGE = { tier: 'minimal', file: 'systemd-minimal.ext4' };
const CONTENT_MIB = 1024;
/** Where each archive lies in its machine. */
export const SYSTEMD_ARCHIVES: Readonly<Record<Pocket, string>> = {
  released: '/mnt/released',
  updated: '/mnt/archive',
};

/** Real systemd on tier minimal, as it is before a package comes. */
export async function systemdRoot(): Promise<string> {
  const scratch = await mkdtemp(join(imagesDir, 'systemd-'));
  const progress = { step: (label: string) => console.error(label) };
  try {
    return await systemdImage(scratch, progress, new AbortController().signal, IMAGE);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Runs `work` on a freshly booted machine whose apt knows these packages and what they need.
 * @param packages the first one names the archive
 * @param pockets apt knows the first
 * @param root its disk, which keeps what is done to it; without one it is a fresh one that is thrown away
 */
export async function withSystemd<T>(
  packages: readonly string[],
  work: (run: Run) => Promise<T>,
  { pockets = ['updated'], root }: { pockets?: readonly [Pocket, ...Pocket[]]; root?: string } = {},
): Promise<T> {
  const image = root ?? (await systemdRoot());
  const { kernel } = await new ImageCatalog(imagesDir, 'amd64').find('minimal');
  const shape = { cpus: CPUS, memoryMib: MEMORY_MIB, diskMib: CONTENT_MIB, keep: root !== undefined };
  const machine = await openSystemd({ image, kernel, ...shape }, async (folder) => {
    for (const pocket of pockets) {
      const archive = await archiveOf(packages, image, pocket);
      await cp(archive, join(folder, basename(SYSTEMD_ARCHIVES[pocket])), { recursive: true });
    }
  });
  try {
    await machine.run(useArchive(SYSTEMD_ARCHIVES[pockets[0]]));
    return await work((script) => machine.run(script));
  } finally {
    await machine.close();
  }
}
