/**
 * Writes the memory of a child that stands still to a file. What the child has written lies in its own pages, all the rest
 * in the file that it maps (a template's memory, or what was saved of it before): to read the rest through the child
 * would fill the holes of that file. The file may be gone by name: the child's descriptor opens it.
 */
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '@bhatti/runtime/linux/constants.ts';
import { type Fd, type Pid, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { CHUNK_SIZE, ChunkMap } from './chunk-map.ts';
import { FIRST_DESCRIPTOR } from './job.ts';
import { type Mapping, mappingsOf, ownPages, type Range } from './page-map.ts';

const PAGE_SIZE = 4096;
const ENTRY_SIZE = 8;
const MAPS_SIZE_MAX = 4 * 1024 * 1024;
/** lseek(2) */
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const ENXIO = -6;

/** @returns what of the file holds data @throws SysError; Error when the child's memory is not where it should be */
export function saveMemory(sys: Sys, child: Pid, path: string): ChunkMap {
  const opened: Fd[] = [];
  const open = (name: string, flags: number): Fd => {
    const fd = sys.open(name, flags, 0o600);
    opened.push(fd);
    return fd;
  };
  try {
    const file = open(`/proc/${child}/fd/${FIRST_DESCRIPTOR}`, O_RDONLY);
    const { size, id } = sys.fstat(file);
    const maps = sys.decode(sys.readFile(`/proc/${child}/maps`, MAPS_SIZE_MAX));
    const mappings = mappingsOf(maps, Number(id.slice(id.lastIndexOf(':') + 1)));
    if (mappings.reduce((sum, { start, end }) => sum + end - start, 0) !== size)
      throw new Error('the memory of the child is not mapped as a whole');
    const out = open(path, O_WRONLY | O_CREAT | O_TRUNC);
    sys.ftruncate(out, size);
    const chunks = new ChunkMap(size);
    const copy = copier(sys, out, chunks);
    for (const range of dataOf(sys, file, size)) copy(file, range, range.start);
    const memory = open(`/proc/${child}/mem`, O_RDONLY);
    const pagemap = open(`/proc/${child}/pagemap`, O_RDONLY);
    for (const mapping of mappings)
      for (const range of ownRanges(sys, pagemap, mapping))
        copy(memory, range, range.start - mapping.start + mapping.offset);
    sys.fsync(out);
    return chunks;
  } finally {
    for (const fd of opened) sys.close(fd);
  }
}

/** Copies a range of a file to an offset of `out`, and notes where. */
function copier(sys: Sys, out: Fd, chunks: ChunkMap): (from: Fd, range: Range, to: number) => void {
  const buffer = new Uint8Array(CHUNK_SIZE);
  return (from, { start, end }, to) => {
    chunks.mark(to, to + end - start);
    for (let at = start; at < end; ) {
      const size = sys.pread(from, buffer.subarray(0, Math.min(CHUNK_SIZE, end - at)), at);
      if (size <= 0) throw new Error('the memory of the child cannot be read to its end');
      for (let done = 0; done < size; ) done += sys.pwrite(out, buffer.subarray(done, size), at - start + to + done);
      at += size;
    }
  };
}

/** Where a sparse file has data. */
function* dataOf(sys: Sys, file: Fd, size: number): Generator<Range> {
  for (let at = 0; at < size; ) {
    const start = sys.attempt('lseek', file, at, SEEK_DATA);
    if (start === ENXIO) return;
    const end = start < 0 ? start : sys.attempt('lseek', file, start, SEEK_HOLE);
    if (end < 0) throw new SysError('lseek', -end, `errno ${-end}`);
    yield { start, end };
    at = end;
  }
}

/** What the child has written to, in its own addresses. */
function* ownRanges(sys: Sys, pagemap: Fd, { start, end }: Mapping): Generator<Range> {
  const entries = new Uint8Array(CHUNK_SIZE);
  const pages = CHUNK_SIZE / ENTRY_SIZE;
  for (let at = start; at < end; at += pages * PAGE_SIZE) {
    const wanted = Math.min(pages, (end - at) / PAGE_SIZE) * ENTRY_SIZE;
    const size = sys.pread(pagemap, entries.subarray(0, wanted), (at / PAGE_SIZE) * ENTRY_SIZE);
    if (size !== wanted) throw new Error('the page map of the child is cut short');
    for (const range of ownPages(entries.subarray(0, size)))
      yield { start: at + range.start * PAGE_SIZE, end: at + range.end * PAGE_SIZE };
  }
}
