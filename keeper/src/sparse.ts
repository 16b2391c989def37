/** Memory as a sparse file: what has data is copied, and nothing else. */
import { O_RDONLY } from '@bhatti/runtime/linux/constants.ts';
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { CHUNK_SIZE, ChunkMap } from './chunk-map.ts';
import type { Range } from './page-map.ts';

/** lseek(2) */
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const ENXIO = -6;

/** Reads at an offset, or at an address. @returns how many bytes */
export type Read = (into: Uint8Array, at: number) => number;

/** Copies a range to an offset of `out`, and notes where. */
export function copier(sys: Sys, out: Fd, chunks: ChunkMap): (read: Read, range: Range, to: number) => void {
  const buffer = new Uint8Array(CHUNK_SIZE);
  return (read, { start, end }, to) => {
    chunks.mark(to, to + end - start);
    for (let at = start; at < end; ) {
      const size = read(buffer.subarray(0, Math.min(CHUNK_SIZE, end - at)), at);
      if (size <= 0) throw new Error('the memory cannot be read to its end');
      for (let done = 0; done < size; ) done += sys.pwrite(out, buffer.subarray(done, size), at - start + to + done);
      at += size;
    }
  };
}

/** Where a sparse file has data. */
export function* dataOf(sys: Sys, file: Fd, size: number): Generator<Range> {
  for (let at = 0; at < size; ) {
    const start = sys.attempt('lseek', file, at, SEEK_DATA);
    if (start === ENXIO) return;
    const end = start < 0 ? start : sys.attempt('lseek', file, start, SEEK_HOLE);
    if (end < 0) throw new SysError('lseek', -end, `errno ${-end}`);
    yield { start, end };
    at = end;
  }
}

/** Fills an empty file with what another has, at the same places. @throws SysError | Error */
export function fillFrom(sys: Sys, path: string, out: Fd): void {
  const file = sys.open(path, O_RDONLY);
  try {
    const { size } = sys.fstat(file);
    const copy = copier(sys, out, new ChunkMap(size));
    for (const range of dataOf(sys, file, size)) copy((into, at) => sys.pread(file, into, at), range, range.start);
  } finally {
    sys.close(file);
  }
}
