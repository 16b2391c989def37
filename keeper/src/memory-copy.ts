/**
 * Copies the memory of a child. What the child has written lies in its own pages, all the rest in the file that it maps (a
 * template's memory, or what was saved of it before): to read the rest through the child would fill the holes of that
 * file. The file may be gone by name: the child's descriptor opens it.
 */
import { O_RDONLY } from '@bhatti/runtime/linux/constants.ts';
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

/**
 * A copy of a child's memory in a file:
 *
 *   first(), while the child may run --again(), while it stands still--> the memory as it was then
 */
export class MemoryCopy {
  readonly out: Fd;
  readonly #sys: Sys;
  readonly #child: Pid;
  readonly #chunks: ChunkMap;
  readonly #copy: (from: Fd, range: Range, to: number) => void;
  readonly #opened: Fd[] = [];
  readonly #file: Fd;
  readonly #mappings: readonly Mapping[];
  readonly #memory: Fd;
  readonly #pagemap: Fd;

  /** @param out an empty file @throws SysError; Error when the child's memory is not where it should be */
  constructor(sys: Sys, child: Pid, out: Fd) {
    this.#sys = sys;
    this.#child = child;
    this.out = out;
    try {
      this.#file = this.#open(`fd/${FIRST_DESCRIPTOR}`);
      const { size, id } = sys.fstat(this.#file);
      const maps = sys.decode(sys.readFile(`/proc/${child}/maps`, MAPS_SIZE_MAX));
      this.#mappings = mappingsOf(maps, Number(id.slice(id.lastIndexOf(':') + 1)));
      if (this.#mappings.reduce((sum, { start, end }) => sum + end - start, 0) !== size)
        throw new Error('the memory of the child is not mapped as a whole');
      this.#memory = this.#open('mem');
      this.#pagemap = this.#open('pagemap');
      sys.ftruncate(out, size);
      this.#chunks = new ChunkMap(size);
      this.#copy = copier(sys, out, this.#chunks);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** What of the file holds data, as ChunkMap writes it. */
  get chunks(): string {
    return this.#chunks.hex();
  }

  /** What the child maps from a file, then what it has written since. @throws SysError | Error */
  first(): void {
    const { size } = this.#sys.fstat(this.#file);
    for (const range of dataOf(this.#sys, this.#file, size)) this.#copy(this.#file, range, range.start);
    this.again();
  }

  /** All that the child has written, once more: which of it is new nobody knows. @throws SysError | Error */
  again(): void {
    for (const mapping of this.#mappings)
      for (const range of ownRanges(this.#sys, this.#pagemap, mapping))
        this.#copy(this.#memory, range, range.start - mapping.start + mapping.offset);
  }

  /** Lets go of the child; `out` stays open. */
  close(): void {
    for (const fd of this.#opened.splice(0)) this.#sys.close(fd);
  }

  #open(name: string): Fd {
    const fd = this.#sys.open(`/proc/${this.#child}/${name}`, O_RDONLY);
    this.#opened.push(fd);
    return fd;
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
