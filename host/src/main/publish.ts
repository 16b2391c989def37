/** `bhatti tier publish`: in the client's process, for a folder of this machine is nothing that others may name. */
import { resolve } from 'node:path';
import { ImageCatalog } from '../images/catalog.ts';
import type { Progress } from '../ports/engine.ts';
import { publishTiers } from '../release/publish.ts';
import { readConfig } from './config-file.ts';
import { thisUser } from './data-directory.ts';
import { ARCH } from './programs.ts';
import { configFile, mergeSettings, type ServeFlags } from './settings.ts';

/** @returns the names of what the folder offers */
export async function publish(
  flags: ServeFlags,
  folder: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const around = thisUser();
  const { path, required } = configFile(flags, around);
  const { imagesDir } = mergeSettings(flags, around, await readConfig(path, required));
  const images = new ImageCatalog(imagesDir, ARCH);
  const index = await publishTiers({ images, folder: resolve(folder), progress, signal });
  return index.images.map(({ name }) => name);
}
