/** Makes an image of an archive: of `docker save`, an OCI layout or the tar of a root, packed or not. */
import { join } from 'node:path';
import type { ImageManifest } from '../ports/images.ts';
import { type CustomImage, makeCustomImage } from './custom-image.ts';
import { type Layered, openArchive } from './oci/archive.ts';
import { compressionOf, type Extent, roomFor, unpack } from './oci/decompress.ts';
import { runSettings } from './oci/start-unit.ts';
import { ARCH } from './place-image.ts';
import { BadRoot } from './root/root-tree.ts';

export type ImportOrder = Omit<CustomImage, 'archives' | 'layered' | 'run' | 'keepIdentity'>;

/** @throws as makeCustomImage */
export async function importArchive(order: ImportOrder, archive: Extent): Promise<ImageManifest> {
  const { work, signal, progress } = order;
  let plain = archive.path;
  if ((await compressionOf(archive)) !== 'none') {
    progress.step('unpacking the archive');
    plain = join(work.path, 'archive.tar');
    await unpack(archive, plain, await roomFor(work.path), signal);
  }
  const layered = await openArchive(plain, ARCH);
  if (layered) return importLayers(order, layered);
  return makeCustomImage({ ...order, archives: [plain], layered: false, keepIdentity: true });
}

/** @throws as makeCustomImage; BadRoot for a layer whose content is not what the config says */
export async function importLayers(order: ImportOrder, { layers, config }: Layered): Promise<ImageManifest> {
  const { work, signal, progress } = order;
  const digests = config.rootfs.diff_ids;
  if (digests.length !== layers.length)
    throw new BadRoot(`its config has ${digests.length} layers, the image ${layers.length}`);
  let room = await roomFor(work.path);
  const archives: string[] = [];
  for (const [number, layer] of layers.entries()) {
    progress.step(`unpacking layer ${number + 1} of ${layers.length}`, number / layers.length);
    const unpacked = await unpack(layer, join(work.path, `layer-${number}.tar`), room, signal);
    if (unpacked.digest !== digests[number])
      throw new BadRoot(`layer ${number + 1} has digest ${unpacked.digest}, its config says ${digests[number]}`);
    room -= unpacked.size;
    archives.push(unpacked.path);
  }
  return makeCustomImage({ ...order, archives, layered: true, keepIdentity: true, run: runSettings(config) });
}
