/** Makes an image of what a registry has. Layers are kept until the image is made, so that a pull can go on. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageManifest } from '../ports/images.ts';
import { type ImportOrder, importLayers } from './import-archive.ts';
import { type Extent, roomFor } from './oci/decompress.ts';
import { parseReference } from './oci/reference.ts';
import { type Credentials, Registry } from './oci/registry.ts';
import { ARCH } from './place-image.ts';
import { BadRoot } from './root/root-tree.ts';

/** What a pull that nobody went on with leaves is kept for so long. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

export interface PullFrom {
  readonly reference: string;
  readonly credentials: Credentials | undefined;
  /** For layers on their way. */
  readonly folder: string;
}

/** @throws as importLayers; BhattiError registry.* | image.not-found | request.invalid */
export async function pullImage(order: ImportOrder, from: PullFrom): Promise<ImageManifest> {
  const { progress, signal } = order;
  await sweep(from.folder);
  const registry = new Registry(parseReference(from.reference), from.credentials, signal);
  progress.step(`asking for ${from.reference}`);
  const { config, layers } = await registry.image(ARCH);
  const total = layers.reduce((sum, layer) => sum + layer.size, 0);
  if (total > (await roomFor(order.work.path)))
    throw new BadRoot(`its layers have ${Math.ceil(total / 2 ** 20)} MiB, more than there is room for`);
  let fetched = 0;
  const onBytes = (bytes: number): void => {
    fetched += bytes;
    progress.step(`fetching ${from.reference}`, Math.min(1, fetched / Math.max(1, total)));
  };
  const extents: Extent[] = [];
  for (const layer of layers) {
    const path = await registry.blob(layer, { folder: from.folder, onBytes });
    extents.push({ path, offset: 0, size: layer.size });
  }
  const manifest = await importLayers(order, { layers: extents, config });
  for (const { path } of extents) await rm(path, { force: true });
  return manifest;
}

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (Date.now() - (await stat(path)).mtimeMs > KEPT_MS) await rm(path, { force: true });
  }
}
