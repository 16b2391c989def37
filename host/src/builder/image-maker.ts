/** Custom images as the operations order them: adapter of ports/image-maker.ts. One at a time, beside the builds of tiers. */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Progress } from '../ports/engine.ts';
import type { ImageMaker } from '../ports/image-maker.ts';
import { withBuildLock } from './build-lock.ts';
import { makeCustomImage } from './custom-image.ts';
import { imageFailure } from './image-failure.ts';
import { importArchive } from './import-archive.ts';
import type { LoharBinary } from './publish-image.ts';
import { pullImage } from './pull-image.ts';
import { type WorkFolder, withWorkFolder } from './work-folder.ts';

export interface MakerSettings {
  readonly imagesDir: string;
  readonly cacheDir: string;
  readonly lohar: LoharBinary;
}

export function imageMaker(settings: MakerSettings): ImageMaker {
  const { imagesDir, lohar } = settings;
  const cacheDir = join(settings.cacheDir, 'custom'); // its own lock and work folders
  const making = async <T>(doing: string, to: Watch, work: (folder: WorkFolder) => Promise<T>): Promise<T> => {
    try {
      await mkdir(cacheDir, { recursive: true });
      return await withBuildLock(cacheDir, to.progress, to.signal, () => withWorkFolder(cacheDir, work));
    } catch (error) {
      throw imageFailure(error, { doing, folders: `${imagesDir} ${cacheDir}`, cancelled: to.signal.aborted });
    }
  };
  return {
    save: ({ name, from, base, keepIdentity, root }, progress, signal) =>
      making(`save ${from} as image ${name}`, { progress, signal }, async (work) => {
        const archive = join(work.path, 'sandbox.tar');
        progress.step(`reading the disk of ${from}`);
        await pipeline(root, createWriteStream(archive, { mode: 0o600 }), { signal });
        const order = { name, base, keepIdentity, layered: false, lohar, imagesDir, work, progress, signal };
        const origin = { kind: 'saved', from } as const;
        return makeCustomImage({ ...order, origin, description: `saved from sandbox ${from}`, archives: [archive] });
      }),
    async receive(content, signal) {
      const folder = join(cacheDir, 'received');
      const path = join(folder, randomBytes(8).toString('hex'));
      const dispose = (): Promise<void> => rm(path, { force: true });
      try {
        await mkdir(folder, { recursive: true });
        await pipeline(content, createWriteStream(path, { mode: 0o600, flags: 'wx' }), { signal });
      } catch (error) {
        await dispose();
        const doing = 'take the archive in';
        throw imageFailure(error, { doing, folders: cacheDir, cancelled: signal.aborted });
      }
      return { path, [Symbol.asyncDispose]: dispose };
    },
    pull: ({ name, reference, base, credentials }, progress, signal) =>
      making(`pull ${reference} as image ${name}`, { progress, signal }, async (work) => {
        const origin = { kind: 'pulled', from: reference } as const;
        const order = { name, base, lohar, imagesDir, work, progress, signal, origin };
        const from = { reference, credentials, folder: join(cacheDir, 'blobs') };
        return pullImage({ ...order, description: `pulled from ${reference}` }, from);
      }),
    import: ({ name, from, base, archive }, progress, signal) =>
      making(`import ${from} as image ${name}`, { progress, signal }, async (work) => {
        const { size } = await stat(archive.path);
        const origin = { kind: 'imported', from } as const;
        const order = { name, base, lohar, imagesDir, work, progress, signal, origin };
        return importArchive(
          { ...order, description: `imported from ${from}` },
          { path: archive.path, offset: 0, size },
        );
      }),
  };
}

interface Watch {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}
