/**
 * A digest of an image's content that does not read its holes: SHA-256 over every 4 KiB block that is not all zeros,
 * each preceded by its number (u64, little endian). A sparse copy and a full copy have the same. (m) A plain SHA-256
 * of 8 GiB takes 8 s where the CPU helps and 24 s where it does not; this takes 0.2 s for 170 MB of data.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dataExtents } from './data-extents.ts';

const BLOCK = 4096;
const CHUNK = 256 * BLOCK;
const ZEROS = Buffer.alloc(BLOCK);

/** @returns hex */
export async function imageDigest(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const number = Buffer.alloc(8);
  const chunk = Buffer.alloc(CHUNK);
  await using file = await open(path);
  for (const extent of await dataExtents(path)) {
    const end = Math.ceil((extent.start + extent.length) / BLOCK) * BLOCK;
    for (let at = Math.floor(extent.start / BLOCK) * BLOCK; at < end; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(chunk, 0, Math.min(CHUNK, end - at), at);
      if (bytesRead === 0) break;
      chunk.fill(0, bytesRead);
      for (let offset = 0; offset < bytesRead; offset += BLOCK) {
        const block = chunk.subarray(offset, offset + BLOCK);
        if (block.equals(ZEROS)) continue;
        number.writeBigUInt64LE(BigInt((at + offset) / BLOCK));
        hash.update(number).update(block);
      }
      at += bytesRead;
    }
  }
  return hash.digest('hex');
}
