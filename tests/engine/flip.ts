/** Damage that only a checksum finds. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { setBits } from '@bhatti/host/engine/saved/set-bits.ts';
import { CHUNK_SIZE } from '@bhatti/keeper/chunk-map.ts';

/** Changes one byte in the middle of a memory's data. @param chunks of it that hold data, as ChunkMap writes them */
export function flip(path: string, { chunks }: { chunks: string }): void {
  const file = openSync(path, 'r+');
  const at = (setBits(chunks)[9] ?? 0) * CHUNK_SIZE + 4097;
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  writeSync(file, Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, at);
  closeSync(file);
}
