/** Makes image, kernel and manifest of a layer beside the images folder's others, then renames them into place. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { installedPackages } from '../core/dpkg-status.ts';
import { imageDigest } from '../images/image-digest.ts';
import type { Progress } from '../ports/engine.ts';
import type { ImageManifest } from '../ports/images.ts';
import { requireRoom, roomForImage } from './disk-space.ts';
import { makeImage } from './image.ts';
import type { Layer } from './layer-cache.ts';
import { packLohar } from './lohar-layer.ts';
import { ARCH, type ImageMeasures, measureImage, placeImage } from './place-image.ts';
import type { Tier } from './tiers.ts';
import { extractVmlinux } from './vmlinux.ts';
import type { WorkFolder } from './work-folder.ts';

const MIB = 1024 * 1024;

export interface LoharBinary {
  /** Of the image's architecture. */
  readonly path: string;
  readonly version: string;
}

export interface PublishJob {
  readonly tier: Tier;
  readonly layer: Layer;
  readonly lohar: LoharBinary;
  readonly imagesDir: string;
  readonly work: WorkFolder;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** @throws ProgramFailed; BhattiError tier.build-failed | image.broken */
export async function publishImage(job: PublishJob): Promise<ImageManifest> {
  const { tier, imagesDir } = job;
  await mkdir(imagesDir, { recursive: true });
  const room = (folder: string, mib: number) => requireRoom(`build tier ${tier.name}`, 'the build', folder, mib);
  await room(job.work.unpackDir, tier.recipe.usedMibMax);
  await room(imagesDir, roomForImage(tier.recipe.usedMibMax));
  job.progress.step(`making the image of ${tier.name}`);
  return placeImage({ imagesDir, name: tier.name, kind: 'tier', signal: job.signal }, (made) => make(job, made));
}

async function make(job: PublishJob, made: string): Promise<ImageManifest> {
  const { tier, layer, work, signal } = job;
  const lohar = join(work.path, 'lohar.tar');
  await packLohar(job.lohar.path, await work.folder('lohar'), lohar, signal);
  // ext4 labels have 16 bytes.
  const label = `bhatti-${tier.name}`.slice(0, 16);
  const shape = { label, sizeMib: tier.recipe.diskMib, unpackDir: work.unpackDir };
  await makeImage({ tars: [layer.tar, lohar], from: 'tier', ...shape, signal }, made);
  const kernel = await placeKernel(tier, made, job.imagesDir);
  const image = join(made, 'image');
  const { usedBytes, sizeBytes, uuid } = await measureTier(tier, image);
  return {
    tier: tier.name,
    description: tier.recipe.description,
    arch: ARCH,
    ...(tier.recipe.base === undefined ? {} : { base: tier.recipe.base }),
    builtAt: new Date().toISOString(),
    recipeHash: tier.hash,
    uuid,
    sha256: await imageDigest(image, signal),
    usedBytes,
    sizeBytes,
    kernel,
    lohar: { version: job.lohar.version, sha256: sha256(await readFile(job.lohar.path)) },
    packages: installedPackages(layer.status, ARCH),
    units: tier.recipe.enable,
    rehearsal: tier.recipe.rehearsal,
    minimum: tier.recipe.minimum,
    defaults: tier.recipe.comfortable,
  };
}

async function placeKernel(tier: Tier, made: string, imagesDir: string): Promise<ImageManifest['kernel']> {
  const found = (await readdir(made)).find((name) => name.startsWith('vmlinuz-'));
  if (!found) throw failed(tier, 'its root has no kernel in /boot', 'name a kernel package in the recipe of its base');
  const version = found.slice('vmlinuz-'.length);
  const file = `vmlinux-${version}`;
  const vmlinux = extractVmlinux(await readFile(join(made, found)));
  const present = await readFile(join(imagesDir, file)).catch(() => null);
  if (!present?.equals(vmlinux)) {
    await writeFile(join(made, file), vmlinux, { mode: 0o444 });
    await rename(join(made, file), join(imagesDir, file));
  }
  return { file, version, sha256: sha256(vmlinux) };
}

async function measureTier(tier: Tier, image: string): Promise<ImageMeasures> {
  const measures = await measureImage(image);
  const usedMib = Math.ceil(measures.usedBytes / MIB);
  if (usedMib > tier.recipe.usedMibMax)
    throw failed(
      tier,
      `its files take ${usedMib} MiB, more than usedMibMax ${tier.recipe.usedMibMax}`,
      'cut more in the recipe, or raise usedMibMax',
    );
  return measures;
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

const failed = (tier: Tier, why: string, remedy: string): BhattiError =>
  new BhattiError('tier.build-failed', `cannot build tier ${tier.name}: ${why}`, { remedy });
