/**
 * Builds a tier:
 *
 *   recipe -> packages (cache/debs) -> layer (cache/layers, tar of the root) -> image (ext4 with lohar) -> images folder
 *
 * Each arrow's result appears whole by rename or not at all; what fails or is cancelled leaves only downloads.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../ports/engine.ts';
import type { ImageManifest } from '../ports/images.ts';
import { buildFailure } from './build-failure.ts';
import { withBuildLock } from './build-lock.ts';
import { ensureLayer } from './layer-cache.ts';
import { type LoharBinary, publishImage } from './publish-image.ts';
import type { Mirrors } from './sources.ts';
import { loadChain } from './tiers.ts';
import { withWorkFolder } from './work-folder.ts';

export interface BuildSettings {
  readonly tiersDir: string;
  readonly imagesDir: string;
  /** Downloads, layers, logs; everything in it can be deleted at any time. */
  readonly cacheDir: string;
  readonly lohar: LoharBinary;
  readonly mirrors?: Mirrors;
  /** Takes the packages the mirror has now although a layer is cached. */
  readonly refresh?: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Waits for another build that uses the same cache.
 * @returns the manifest of the image now in the images folder
 * @throws BhattiError tier.not-found | recipe.invalid | tier.build-failed | host.missing-program | host.disk-full |
 *   operation.cancelled
 */
export async function buildTier(name: string, settings: BuildSettings): Promise<ImageManifest> {
  const { cacheDir, imagesDir, progress, signal } = settings;
  const chain = await loadChain(settings.tiersDir, name);
  const logPath = join(cacheDir, 'logs', `build-${name}.log`);
  try {
    await mkdir(join(cacheDir, 'logs'), { recursive: true });
    return await withBuildLock(cacheDir, progress, signal, async () => {
      const log = createWriteStream(logPath);
      // A log that cannot be written is no reason to fail; a full disk the build meets itself.
      log.on('error', () => {});
      try {
        return await withWorkFolder(cacheDir, async (work) => {
          const context = { cacheDir, work, progress, signal, log: (line: string) => void log.write(`${line}\n`) };
          const from = { mirrors: settings.mirrors ?? {}, refresh: settings.refresh ?? false };
          const layer = await ensureLayer(chain, { ...context, ...from });
          const tier = chain[chain.length - 1];
          if (!tier) throw new RangeError('a chain has at least one layer');
          return await publishImage({ tier, layer, lohar: settings.lohar, imagesDir, work, progress, signal });
        });
      } finally {
        log.end();
        if (!log.closed) await once(log, 'close');
      }
    });
  } catch (error) {
    throw buildFailure(error, { tier: name, log: logPath, cacheDir, imagesDir, cancelled: signal.aborted });
  }
}
