/**
 * Installs tiers of a release source:
 *
 *   index -> files (cache/releases, resumed, digest) -> unpacked beside the images (digest, uuid) -> renamed into place
 *
 * What fails or is cancelled leaves whole bytes of a download, and no image.
 */
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { withBuildLock } from '../builder/build-lock.ts';
import { requireRoom } from '../builder/disk-space.ts';
import { fetchBlob } from '../builder/oci/fetch-blob.ts';
import { measureImage, placeImage } from '../builder/place-image.ts';
import { NO_SPACE } from '../builder/program.ts';
import { ImageCatalog } from '../images/catalog.ts';
import { fileSha256 } from '../images/file-sha256.ts';
import { imageDigest } from '../images/image-digest.ts';
import type { Progress } from '../ports/engine.ts';
import type { Image, ImageManifest } from '../ports/images.ts';
import type { Releases } from '../ports/releases.ts';
import type { ReleasedFile, ReleasedImage } from './release-index.ts';
import { ask, type ReleaseSource, readIndex } from './source.ts';
import { unpackFile } from './sparse-file.ts';

const MIB = 1024 * 1024;

export interface InstallSettings {
  readonly release: ReleaseSource | undefined;
  readonly arch: Image['arch'];
  readonly imagesDir: string;
  readonly cacheDir: string;
}

export function releases(settings: InstallSettings): Releases {
  const { release } = settings;
  const images = async (signal: AbortSignal): Promise<readonly ReleasedImage[]> =>
    release === undefined ? [] : (await readIndex(release, signal)).images.filter(({ arch }) => arch === settings.arch);
  return {
    async offered(signal) {
      if (release === undefined) return null;
      const all = await images(signal);
      return all.map(({ name, image, kernel, manifest }) => ({
        name,
        sha256: manifest.sha256,
        description: manifest.description,
        usedBytes: manifest.usedBytes,
        bytes: image.bytes + kernel.bytes,
      }));
    },
    async install(name, progress, signal) {
      const released = (await images(signal)).find((one) => one.name === name);
      if (release === undefined || released === undefined)
        throw new BhattiError('tier.not-found', `cannot find tier ${JSON.stringify(name)} in the release source`, {
          remedy: 'bhatti update --tiers all',
        });
      try {
        return await install({ ...settings, release }, released, progress, signal);
      } catch (error) {
        throw failure(error, settings, name, signal);
      }
    },
  };
}

interface Order extends InstallSettings {
  readonly release: ReleaseSource;
}

async function install(
  order: Order,
  released: ReleasedImage,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImageManifest> {
  const { name, manifest } = released;
  const { imagesDir, cacheDir } = order;
  for (const folder of [imagesDir, cacheDir]) await mkdir(folder, { recursive: true });
  return withBuildLock(cacheDir, progress, signal, async () => {
    if (await isInstalled(order, released)) return manifest; // by another update, while we waited
    const mib = Math.ceil((manifest.usedBytes + released.kernelBytes) / MIB);
    await requireRoom(`install tier ${name}`, 'it', imagesDir, mib);
    const total = released.image.bytes + released.kernel.bytes;
    let got = 0;
    const fetchOne = (file: ReleasedFile): Promise<string> => {
      const onBytes = (bytes: number): void => {
        got += bytes;
        progress.step(`fetching ${name}`, Math.min(1, got / total));
      };
      const place = { folder: join(cacheDir, 'releases'), onBytes };
      const wanted = { digest: `sha256:${file.sha256}`, size: file.bytes };
      return fetchBlob(wanted, place, signal, (headers) => ask(order.release, file.file, headers, signal));
    };
    const kernel = await fetchOne(released.kernel);
    const image = await fetchOne(released.image);
    progress.step(`unpacking ${name}`);
    await placeImage({ imagesDir, name, kind: 'tier', signal }, async (made) => {
      await unpackFile(image, join(made, 'image'), manifest.sizeBytes, released.image.pieces, signal);
      progress.step(`verifying ${name}`);
      await verifyImage(join(made, 'image'), manifest, signal);
      await placeKernel(kernel, made, imagesDir, released, signal);
      return manifest;
    });
    for (const fetched of [kernel, image]) await rm(fetched);
    return manifest;
  });
}

async function isInstalled({ imagesDir, arch }: Order, { name, manifest }: ReleasedImage): Promise<boolean> {
  const here = await new ImageCatalog(imagesDir, arch).find(name).catch(() => null);
  return here?.manifest?.sha256 === manifest.sha256;
}

async function verifyImage(path: string, manifest: ImageManifest, signal: AbortSignal): Promise<void> {
  const { uuid } = await measureImage(path);
  if (uuid === manifest.uuid && (await imageDigest(path, signal)) === manifest.sha256) return;
  throw new BhattiError('release.corrupt', `cannot use image ${manifest.tier}: it is not what its manifest says`, {
    remedy: 'whoever published it has to publish it anew: bhatti tier publish DIR',
  });
}

async function placeKernel(
  packed: string,
  made: string,
  imagesDir: string,
  released: ReleasedImage,
  signal: AbortSignal,
): Promise<void> {
  const { kernel } = released.manifest;
  const target = join(imagesDir, kernel.file);
  if ((await fileSha256(target).catch(() => null)) === kernel.sha256) return;
  const unpacked = join(made, 'kernel');
  await unpackFile(packed, unpacked, released.kernelBytes, released.kernel.pieces, signal);
  if ((await fileSha256(unpacked)) !== kernel.sha256)
    throw new BhattiError('release.corrupt', `cannot use kernel ${kernel.file}: it is not what the manifest says`, {
      remedy: 'whoever published it has to publish it anew: bhatti tier publish DIR',
    });
  await chmod(unpacked, 0o444);
  await rename(unpacked, target);
}

function failure(error: unknown, settings: InstallSettings, name: string, signal: AbortSignal): BhattiError {
  const cannot = `cannot install tier ${name}`;
  if (signal.aborted)
    return new BhattiError('operation.cancelled', `${cannot}: it was cancelled`, {
      remedy: 'bhatti update goes on with what was fetched',
    });
  const why = error instanceof Error ? error.message : String(error);
  if (NO_SPACE.test(why))
    return new BhattiError('host.disk-full', `${cannot}: the disk is full`, {
      remedy: `free space there: df -h ${settings.imagesDir} ${settings.cacheDir}`,
      cause: error,
    });
  if (error instanceof BhattiError && error.code === 'registry.corrupt')
    return new BhattiError('release.corrupt', `${cannot}: ${why}`, { remedy: error.remedy, cause: error });
  if (error instanceof BhattiError && error.code === 'registry.failed')
    return new BhattiError('release.failed', `${cannot}: ${why}`, { remedy: error.remedy, cause: error });
  if (error instanceof BhattiError) return error;
  return new BhattiError('release.corrupt', `${cannot}: ${why}`, {
    remedy: 'whoever published it has to publish it anew: bhatti tier publish DIR',
    cause: error,
  });
}
