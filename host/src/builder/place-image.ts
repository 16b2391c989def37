/** How a finished image gets into the images folder: whole, with its manifest, by rename. */
import { chmod, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { readSuperblock, SUPERBLOCK_END } from '../images/ext4.ts';
import type { ImageManifest } from '../ports/images.ts';

/** The one architecture the builder makes; a host of another boots it under emulation. */
export const ARCH = 'amd64';
/** Not seen by the catalog: the name has no rootfs- at its start. */
const UNFINISHED = { tier: '.unfinished-', custom: '.making-' } as const;

export interface Placing {
  readonly imagesDir: string;
  readonly name: string;
  /** Each kind is made under a lock of its own. */
  readonly kind: keyof typeof UNFINISHED;
  readonly signal: AbortSignal;
}

export type ImageMeasures = Pick<ImageManifest, 'usedBytes' | 'sizeBytes' | 'uuid'>;

/**
 * Call it under the lock of its kind: nobody else makes such an image then, and what lies unfinished is a dead one's.
 * @param make leaves `image` in the folder it is given
 */
export async function placeImage(
  to: Placing,
  make: (folder: string) => Promise<ImageManifest>,
): Promise<ImageManifest> {
  const { imagesDir, name, signal } = to;
  const prefix = UNFINISHED[to.kind];
  await mkdir(imagesDir, { recursive: true });
  for (const left of await readdir(imagesDir))
    if (left.startsWith(prefix)) await rm(join(imagesDir, left), { recursive: true });
  const made = join(imagesDir, `${prefix}${name}`);
  await mkdir(made);
  try {
    const manifest = await make(made);
    await writeFile(join(made, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await chmod(join(made, 'image'), 0o444);
    signal.throwIfAborted();
    // In this order a reader in between sees the old image without a manifest, for its uuid differs.
    const target = join(imagesDir, `rootfs-${name}-${ARCH}`);
    await rename(join(made, 'manifest.json'), `${target}.json`);
    await rename(join(made, 'image'), `${target}.ext4`);
    return manifest;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** @throws BhattiError image.broken */
export async function measureImage(image: string): Promise<ImageMeasures> {
  await using file = await open(image);
  const head = Buffer.alloc(SUPERBLOCK_END);
  await file.read(head, 0, head.length, 0);
  const superblock = readSuperblock(head);
  if (superblock) return { usedBytes: superblock.used, sizeBytes: (await file.stat()).size, uuid: superblock.uuid };
  throw new BhattiError('image.broken', `cannot use ${image}: mke2fs made no ext4`, { remedy: 'bhatti doctor' });
}
