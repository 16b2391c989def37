/**
 * Packs and unpacks sparse files with zstd. What a file has is packed as frames of its own, with frames of zeros for the
 * holes between them: `zstd -d` makes the whole of it, and who knows where the pieces lie reads nothing else.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress, zstdCompressSync } from 'node:zlib';
import { dataExtents, type Extent } from '../images/data-extents.ts';
import type { Piece, ReleasedFile } from './release-index.ts';

const BLOCK = 64 * 1024;
const ZEROS = Buffer.alloc(BLOCK);
const CHUNK = 1024 * 1024;
/** Holes up to this size are packed with what is around them: they bound the number of pieces. */
const HOLE_LEAST = 8 * CHUNK;
/** A frame of zeros has at most so many. */
const HOLE_FRAME = 64 * CHUNK;
/** A release is packed once and fetched often. */
const LEVEL = 9;
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 } };

/** @param onFraction told how far it is */
export async function packFile(
  from: string,
  to: string,
  signal: AbortSignal,
  onFraction: (fraction: number) => void,
): Promise<Omit<ReleasedFile, 'file'>> {
  const { size } = await stat(from);
  const extents = withoutSmallHoles(await dataExtents(from));
  const total = extents.reduce((sum, { length }) => sum + length, 0);
  await using file = await open(to, 'w');
  const hash = createHash('sha256');
  let bytes = 0;
  const append = async (packed: Buffer): Promise<void> => {
    hash.update(packed);
    bytes += packed.length;
    await file.appendFile(packed);
  };
  let read = 0;
  const count = (chunk: Buffer, _: unknown, done: (error: null, chunk: Buffer) => void): void => {
    read += chunk.length;
    onFraction(read / total);
    done(null, chunk);
  };
  const pieces: Piece[] = [];
  let end = 0;
  for (const { start, length } of extents) {
    for (const frame of zeroFrames(start - end)) await append(frame);
    end = start + length;
    const packedAt = bytes;
    await pipeline(
      createReadStream(from, { start, end: end - 1, highWaterMark: CHUNK }),
      new Transform({ transform: count }),
      createZstdCompress(OPTIONS),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) await append(chunk);
      },
      { signal },
    );
    pieces.push({ at: start, bytes: length, packedAt, packedBytes: bytes - packedAt });
  }
  for (const frame of zeroFrames(size - end)) await append(frame);
  return { bytes, sha256: hash.digest('hex'), pieces };
}

/** Extents that lie close together are one. */
function withoutSmallHoles(extents: readonly Extent[]): readonly Extent[] {
  const joined: Extent[] = [];
  for (const extent of extents) {
    const last = joined.at(-1);
    if (last === undefined || extent.start - (last.start + last.length) > HOLE_LEAST) joined.push(extent);
    else joined[joined.length - 1] = { start: last.start, length: extent.start + extent.length - last.start };
  }
  return joined;
}

/** What a hole of so many bytes is packed as. */
function* zeroFrames(size: number): Generator<Buffer> {
  const whole = size >= HOLE_FRAME ? zstdCompressSync(Buffer.alloc(HOLE_FRAME), OPTIONS) : ZEROS;
  for (let count = Math.floor(size / HOLE_FRAME); count > 0; count--) yield whole;
  if (size % HOLE_FRAME > 0) yield zstdCompressSync(Buffer.alloc(size % HOLE_FRAME), OPTIONS);
}

/**
 * Makes a new file of `size` bytes that has the pieces of a packed one, and holes elsewhere.
 * @throws Error when a piece is not what was promised; nothing beyond it is written
 */
export async function unpackFile(
  from: string,
  to: string,
  size: number,
  pieces: readonly Piece[],
  signal: AbortSignal,
): Promise<void> {
  await using file = await open(to, 'wx', 0o600);
  for (const { at, bytes, packedAt, packedBytes } of pieces) {
    const end = at + bytes;
    if (end > size) throw new Error(`a piece of it ends at ${end}, behind the ${size} bytes that were promised`);
    let next = at;
    await pipeline(
      createReadStream(from, { start: packedAt, end: packedAt + packedBytes - 1, highWaterMark: CHUNK }),
      createZstdDecompress({ chunkSize: CHUNK }),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) {
          if (next + chunk.length > end) throw new Error(`a piece unpacks to more than the ${bytes} bytes promised`);
          for (let offset = 0; offset < chunk.length; offset += BLOCK) {
            const block = chunk.subarray(offset, offset + BLOCK);
            if (!block.equals(ZEROS.subarray(0, block.length))) await file.write(block, 0, block.length, next + offset);
          }
          next += chunk.length;
        }
      },
      { signal },
    );
    if (next !== end) throw new Error(`a piece unpacks to ${next - at} bytes, not the ${bytes} that were promised`);
  }
  await file.truncate(size);
}
