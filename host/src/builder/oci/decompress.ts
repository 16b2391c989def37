/** Plain, gzip or zstd bytes become plain ones in a file of their own, bounded and with their digest. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, statfs } from 'node:fs/promises';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { BadRoot } from '../root/root-tree.ts';

/** Part of a file: a member of an archive, or a file as a whole. */
export interface Extent {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
}

/** What is unpacked of one image, whatever room there is. */
export const UNPACKED_SIZE_MAX = 64 * 1024 * 1024 * 1024;
/** Of the free space: the root is written twice more before it is an image. */
const SHARE = 3;

const MAGICS: readonly (readonly [kind: Compression, magic: string])[] = [
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
  ['bzip2', '425a68'],
  ['xz', 'fd377a58'],
];
export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz';

/** @returns how many bytes one image may unpack to in this folder */
export async function roomFor(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.min(UNPACKED_SIZE_MAX, Math.floor((bavail * bsize) / SHARE));
}

export async function compressionOf({ path, offset }: Extent): Promise<Compression> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, offset);
  const head = buffer.toString('hex', 0, bytesRead);
  return MAGICS.find(([, magic]) => head.startsWith(magic))?.[0] ?? 'none';
}

export interface Unpacked {
  readonly path: string;
  readonly size: number;
  /** 'sha256:...' of the plain bytes. */
  readonly digest: string;
}

/**
 * @param sizeMax of the plain bytes
 * @throws BadRoot when it would be more, or cannot be read
 */
export async function unpack(from: Extent, to: string, sizeMax: number, signal: AbortSignal): Promise<Unpacked> {
  const compression = await compressionOf(from);
  if (compression === 'bzip2' || compression === 'xz')
    throw new BadRoot(`it is packed with ${compression}: use gzip, zstd or none`);
  const hash = createHash('sha256');
  let size = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      hash.update(chunk);
      if (size <= sizeMax) done(null, chunk);
      else done(new BadRoot(`it unpacks to more than the ${Math.floor(sizeMax / 2 ** 20)} MiB that there is room for`));
    },
  });
  const { offset, path } = from;
  const source =
    from.size === 0 ? Readable.from([]) : createReadStream(path, { start: offset, end: offset + from.size - 1 });
  try {
    await pipeline(source, decoder(compression), bounded, createWriteStream(to, { mode: 0o600, flags: 'wx' }), {
      signal,
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_') || code?.startsWith('ZSTD_')) throw new BadRoot(`its ${compression} cannot be read`);
    throw error;
  }
  return { path: to, size, digest: `sha256:${hash.digest('hex')}` };
}

function decoder(compression: Compression): Transform {
  if (compression === 'gzip') return createGunzip();
  return compression === 'zstd' ? createZstdDecompress() : new PassThrough();
}
