/**
 * Builds a tier:
 *
 *   recipe -> layer (tar of the root, cached by hash) -> image (ext4 with lohar) -> images folder
 *
 * Everything is made in a folder of its own and renamed into place when whole; what fails leaves nothing.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { readSuperblock, SUPERBLOCK_END } from '../images/ext4.ts';
import { imageDigest } from '../images/image-digest.ts';
import type { Progress } from '../ports/engine.ts';
import type { ImageManifest } from '../ports/images.ts';
import { installedPackages } from './dpkg-status.ts';
import { makeImage } from './image.ts';
import { makeLayer } from './layer.ts';
import { packLohar } from './lohar-layer.ts';
import { loadChain, type Tier } from './tiers.ts';
import { extractVmlinux } from './vmlinux.ts';

/** The one architecture the builder makes; a host of another boots it under emulation. */
const ARCH = 'amd64';

export interface BuildSettings {
  readonly tiersDir: string;
  readonly imagesDir: string;
  readonly cacheDir: string;
  /** The binary for the image's architecture, and what it calls its version. */
  readonly lohar: { readonly path: string; readonly version: string };
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * @returns the manifest of the image now in the images folder
 * @throws BhattiError
 */
export async function buildTier(name: string, settings: BuildSettings): Promise<ImageManifest> {
  const chain = await loadChain(settings.tiersDir, name);
  await mkdir(join(settings.cacheDir, 'layers'), { recursive: true });
  await mkdir(settings.imagesDir, { recursive: true });
  const work = await mkdtemp(join(settings.cacheDir, 'work-'));
  try {
    const tar = await makeLayers(chain, work, settings);
    const tier = chain.at(-1);
    if (!tier) throw new RangeError('a chain has at least one layer');
    return await publish(tier, tar, work, settings);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @returns the tar of the topmost layer */
async function makeLayers(chain: readonly Tier[], work: string, settings: BuildSettings): Promise<string> {
  let below: string | undefined;
  for (const tier of chain) {
    const tar = join(settings.cacheDir, 'layers', `${tier.name}-${tier.hash.slice(0, 16)}.tar`);
    if (!(await exists(tar))) {
      settings.progress.step(`building the layer of ${tier.name}`);
      const scratch = join(work, tier.name);
      await mkdir(scratch);
      const log: string[] = [];
      const job = {
        tier,
        scratch,
        unpackDir: unpackDir(work),
        signal: settings.signal,
        onLine: (l: string) => log.push(l),
      };
      await makeLayer(below === undefined ? job : { ...job, below }, tar);
    }
    below = tar;
  }
  return below ?? '';
}

async function publish(tier: Tier, layer: string, work: string, settings: BuildSettings): Promise<ImageManifest> {
  const { signal, imagesDir } = settings;
  settings.progress.step(`making the image of ${tier.name}`);
  const scratch = join(work, 'lohar');
  const made = join(imagesDir, `.build-${tier.name}-${process.pid}`);
  await mkdir(scratch);
  await mkdir(made);
  try {
    const loharTar = join(work, 'lohar.tar');
    await packLohar(settings.lohar.path, scratch, loharTar, signal);
    const label = `bhatti-${tier.name}`.slice(0, 16);
    const job = { layer, lohar: loharTar, label, sizeMib: tier.recipe.diskMib, unpackDir: unpackDir(work), signal };
    await makeImage(job, made);
    const kernel = await placeKernel(made, imagesDir);
    const manifest = await describe(tier, made, kernel, settings);
    const target = join(imagesDir, `rootfs-${tier.name}-${ARCH}`);
    await writeFile(join(made, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await chmod(join(made, 'image'), 0o444);
    await rename(join(made, 'manifest.json'), `${target}.json`);
    await rename(join(made, 'image'), `${target}.ext4`);
    return manifest;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

async function placeKernel(made: string, imagesDir: string): Promise<ImageManifest['kernel']> {
  const found = (await readdir(made)).find((name) => name.startsWith('vmlinuz-'));
  if (!found)
    throw new BhattiError('tier.build-failed', 'cannot build the tier: its root has no kernel in /boot', {
      remedy: 'name a kernel package in the recipe of its base',
    });
  const version = found.slice('vmlinuz-'.length);
  const file = `vmlinux-${version}`;
  const vmlinux = extractVmlinux(await readFile(join(made, found)));
  const sha256 = createHash('sha256').update(vmlinux).digest('hex');
  const present = await readFile(join(imagesDir, file)).catch(() => null);
  if (!present?.equals(vmlinux)) {
    await writeFile(join(made, file), vmlinux, { mode: 0o444 });
    await rename(join(made, file), join(imagesDir, file));
  }
  return { file, version, sha256 };
}

async function describe(
  tier: Tier,
  made: string,
  kernel: ImageManifest['kernel'],
  settings: BuildSettings,
): Promise<ImageManifest> {
  const image = join(made, 'image');
  await using file = await open(image);
  const head = Buffer.alloc(SUPERBLOCK_END);
  await file.read(head, 0, head.length, 0);
  const superblock = readSuperblock(head);
  if (!superblock)
    throw new BhattiError('tier.build-failed', 'cannot build the tier: mke2fs made no ext4', {
      remedy: 'bhatti doctor',
    });
  return {
    tier: tier.name,
    description: tier.recipe.description,
    arch: ARCH,
    ...(tier.recipe.base === undefined ? {} : { base: tier.recipe.base }),
    builtAt: new Date().toISOString(),
    recipeHash: tier.hash,
    uuid: superblock.uuid,
    sha256: await imageDigest(image, settings.signal),
    usedBytes: superblock.used,
    sizeBytes: (await file.stat()).size,
    kernel,
    lohar: {
      version: settings.lohar.version,
      sha256: createHash('sha256')
        .update(await readFile(settings.lohar.path))
        .digest('hex'),
    },
    packages: installedPackages(await readFile(join(made, 'status'), 'utf8'), ARCH),
    units: tier.recipe.enable,
    minimum: tier.recipe.minimum,
    defaults: tier.recipe.comfortable,
  };
}

/** A user namespace's root is a stranger to the user's own folders: it gets one that is open to all. */
const unpackDir = (work: string): string => (process.getuid?.() === 0 ? work : (process.env.TMPDIR ?? '/var/tmp'));

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
