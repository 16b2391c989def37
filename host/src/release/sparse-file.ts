/** Packs and unpacks files with zstd; holes of the original are holes again. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';

const BLOCK = 64 * 1024;
const ZEROS = Buffer.alloc(BLOCK);
const CHUNK = 1024 * 1024;
/** A release is packed once and fetched often. */
const LEVEL = 9;

export interface Packed {
  readonly bytes: number;
  readonly sha256: string;
}

/** @param onFraction told how far it is */
export async function packFile(
  from: string,
  to: string,
  signal: AbortSignal,
  onFraction: (fraction: number) => void,
): Promise<Packed> {
  const { size } = await stat(from);
  let read = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      read += chunk.length;
      onFraction(read / size);
      done(null, chunk);
    },
  });
  const hash = createHash('sha256');
  let bytes = 0;
  const measured = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const params = { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 };
  const input = createReadStream(from, { highWaterMark: CHUNK });
  await pipeline(input, counted, createZstdCompress({ params }), measured, createWriteStream(to), { signal });
  return { bytes, sha256: hash.digest('hex') };
}

/** @throws Error when it does not unpack to exactly `size` bytes; nothing beyond them is written */
export async function unpackFile(from: string, to: string, size: number, signal: AbortSignal): Promise<void> {
  await using file = await open(to, 'wx', 0o600);
  let at = 0;
  const unpacked = createZstdDecompress({ chunkSize: CHUNK });
  await pipeline(
    createReadStream(from),
    unpacked,
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        if (at + chunk.length > size) throw new Error(`it unpacks to more than the ${size} bytes that were promised`);
        for (let offset = 0; offset < chunk.length; offset += BLOCK) {
          const block = chunk.subarray(offset, offset + BLOCK);
          if (!block.equals(ZEROS.subarray(0, block.length))) await file.write(block, 0, block.length, at + offset);
        }
        at += chunk.length;
      }
    },
    { signal },
  );
  if (at !== size) throw new Error(`it unpacks to ${at} bytes, not the ${size} that were promised`);
  await file.truncate(size);
}
