/** Makes a release of this machine's tiers: a folder that any web server can serve. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Progress } from '../ports/engine.ts';
import type { Image, ImageManifest, Images } from '../ports/images.ts';
import {
  INDEX_FILE,
  parseIndex,
  type ReleasedFile,
  type ReleasedImage,
  type ReleaseIndex,
  SIGNATURE_FILE,
} from './release-index.ts';
import { packFile } from './sparse-file.ts';

/** What no index names yet, and no client asks for. */
const UNFINISHED = '.packing';
const PACKED = /\.zst$/;

export interface PublishOrder {
  readonly images: Images;
  readonly folder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

type Tier = Image & { readonly manifest: ImageManifest };

/**
 * Files are named for their content: who reads the index of yesterday gets yesterday's, or a clear refusal.
 * @throws BhattiError image.not-found | release.invalid
 */
export async function publishTiers({ images, folder, progress, signal }: PublishOrder): Promise<ReleaseIndex> {
  const tiers = (await images.list()).filter((image): image is Tier => image.manifest?.recipeHash !== undefined);
  if (tiers.length === 0)
    throw new BhattiError('image.not-found', 'cannot publish: no tier is built here', {
      remedy: 'bhatti tier build minimal',
    });
  await mkdir(folder, { recursive: true });
  const before = await readFile(join(folder, INDEX_FILE), 'utf8').catch(() => null);
  const known = before === null ? [] : parseIndex(before, folder).images;
  const released: ReleasedImage[] = [];
  try {
    for (const tier of tiers) released.push(await release(tier, folder, [...known, ...released], progress, signal));
  } finally {
    await rm(join(folder, UNFINISHED), { force: true });
  }
  // Another architecture's are made elsewhere and stay.
  const others = known.filter(({ arch }) => arch !== tiers[0]?.arch);
  const index: ReleaseIndex = { version: 2, images: [...released, ...others] };
  const text = `${JSON.stringify(index, null, 2)}\n`;
  if (text === before) return index;
  await rm(join(folder, SIGNATURE_FILE), { force: true });
  await writeFile(join(folder, UNFINISHED), text);
  await rename(join(folder, UNFINISHED), join(folder, INDEX_FILE));
  const named = new Set(index.images.flatMap(({ image, kernel }) => [image.file, kernel.file]));
  for (const file of await readdir(folder)) if (PACKED.test(file) && !named.has(file)) await rm(join(folder, file));
  return index;
}

async function release(
  tier: Tier,
  folder: string,
  known: readonly ReleasedImage[],
  progress: Progress,
  signal: AbortSignal,
): Promise<ReleasedImage> {
  const { name, arch, manifest } = tier;
  const pack = async (path: string, sha256: string): Promise<ReleasedFile> => {
    const [, stem = '', end = ''] = /^(.*?)(\.ext4)?$/.exec(basename(path)) ?? [];
    const file = `${stem}-${sha256.slice(0, 16)}${end}.zst`;
    const same = known.flatMap((one) => [one.image, one.kernel]).find((one) => one.file === file);
    const there = await stat(join(folder, file)).catch(() => null);
    if (same !== undefined && there?.size === same.bytes) return same;
    const unfinished = join(folder, UNFINISHED);
    const packed = await packFile(path, unfinished, signal, (part) => progress.step(`packing ${name}`, part));
    await rename(unfinished, join(folder, file));
    return { file, ...packed };
  };
  const kernel = await pack(tier.kernel, manifest.kernel.sha256);
  const image = await pack(tier.path, manifest.sha256);
  return { name, arch, image, kernel, kernelBytes: (await stat(tier.kernel)).size, manifest };
}
