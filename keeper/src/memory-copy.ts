/**
 * Copies the memory of a child. What the child has written lies in its own pages, all the rest in the file that it maps (a
 * template's memory, or what was saved of it before): to read the rest through the child would fill the holes of that
 * file. The file may be gone by name: the child's descriptor opens it.
 */
import { O_RDONLY } from '@bhatti/runtime/linux/constants.ts';
import type { Fd, Pid, Sys } from '@bhatti/runtime/sys.ts';
import { CHUNK_SIZE, ChunkMap } from './chunk-map.ts';
import { FIRST_DESCRIPTOR } from './job.ts';
import { type Mapping, mappingsOf, ownPages, type Range } from './page-map.ts';
import { copier, dataOf, type Read } from './sparse.ts';

const PAGE_SIZE = 4096;
const ENTRY_SIZE = 8;
const MAPS_SIZE_MAX = 4 * 1024 * 1024;

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
  readonly #copy: (read: Read, range: Range, to: number) => void;
  readonly #opened: Fd[] = [];
  readonly #file: Fd;
  readonly #mappings: readonly Mapping[];
  readonly #pagemap: Fd;
  readonly #readFile: Read;
  readonly #readChild: Read;

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
      this.#pagemap = this.#open('pagemap');
      this.#readFile = (into, at) => sys.pread(this.#file, into, at);
      this.#readChild = childReader(sys, child);
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
    for (const range of dataOf(this.#sys, this.#file, size)) this.#copy(this.#readFile, range, range.start);
    this.again();
  }

  /** All that the child has written, once more: which of it is new nobody knows. @throws SysError | Error */
  again(): void {
    for (const mapping of this.#mappings)
      for (const range of ownRanges(this.#sys, this.#pagemap, mapping))
        this.#copy(this.#readChild, range, range.start - mapping.start + mapping.offset);
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

/** process_vm_readv(2) takes whole pages at once; /proc/PID/mem copies each twice. */
function childReader(sys: Sys, child: Pid): Read {
  const local = new BigUint64Array(2); // struct iovec: address, size
  const remote = new BigUint64Array(2);
  const bytesOf = ({ buffer }: BigUint64Array): Uint8Array => new Uint8Array(buffer as ArrayBuffer);
  return (into, at) => {
    local.set([BigInt(sys.addressOf(into)), BigInt(into.length)]);
    remote.set([BigInt(at), BigInt(into.length)]);
    return sys.attempt('process_vm_readv', child, bytesOf(local), 1, bytesOf(remote), 1, 0);
  };
}

/** What the child has written to, in its own addresses. */
function* ownRanges(sys: Sys, pagemap: Fd, { start, end }: Mapping): Generator<Range> {
  const entries = new Uint8Array(CHUNK_SIZE);
  const pages = CHUNK_SIZE / ENTRY_SIZE;
  for (let at = start; at < end; at += pages * PAGE_SIZE) {
    const wanted = Math.min(pages, (end - at) / PAGE_SIZE) * ENTRY_SIZE;
    const size = sys.pread(pagemap, entries.subarray(0, wanted), (at / PAGE_SIZE) * ENTRY_SIZE);
    if (size !== wanted) throw new Error('the page map of the child is cut short');
    for (const range of ownPages(entries.subarray(0, size), sys.probe))
      yield { start: at + range.start * PAGE_SIZE, end: at + range.end * PAGE_SIZE };
  }
}
