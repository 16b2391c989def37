/**
 * Records by key in a file of memory, each in a place of its own that is written in one call: whatever happens to the
 * writer, a reader finds every record whole, as it was or as it is.
 *
 *   header (64 bytes: MAGIC) | place | place | ...
 *   place: capacity, size of what follows (0: free), serial, check (4 bytes each) | key LF text | unused
 *
 * A record that outgrows its place is written to a larger one before the old one is freed; of two the later serial counts.
 */
import type { Fd, Sys } from '@bhatti/runtime/sys.ts';

/** The number is the version of the records' content: another one is not read. */
const MAGIC = 'bhatti kept 1\n';
const HEADER_SIZE = 64;
const PLACE_HEADER_SIZE = 16;
const PLACE_SIZE_MIN = 512;
export const RECORD_SIZE_MAX = 512 * 1024;
const FILE_SIZE_MAX = 16 * 1024 * 1024;
const CHECK = 0x6b657074;

type FileSys = Pick<Sys, 'pread' | 'pwrite' | 'encode' | 'decode'>;

/** Where a place begins, in units, times 32, and the binary logarithm of its units: a number takes no memory of its own. */
type Place = number;
const SIZES = 32;
const placeOf = (at: number, capacity: number): Place =>
  ((at - HEADER_SIZE) / PLACE_SIZE_MIN) * SIZES + Math.log2(capacity / PLACE_SIZE_MIN);
const startOf = (place: Place): number => HEADER_SIZE + Math.floor(place / SIZES) * PLACE_SIZE_MIN;
const capacityOf = (place: Place): number => PLACE_SIZE_MIN * 2 ** (place % SIZES);

export class RecordFile {
  readonly #sys: FileSys;
  readonly #fd: Fd;
  readonly #places = new Map<string, Place>();
  readonly #free: Place[] = [];
  #end = HEADER_SIZE;
  #serial = 1;
  #buffer = new Uint8Array(PLACE_SIZE_MIN);

  /** @param fd an empty file, or one that an earlier image of this program wrote */
  constructor(sys: FileSys, fd: Fd) {
    this.#sys = sys;
    this.#fd = fd;
  }

  /** Records that the file holds, by key; begins it anew when it is empty or of another version. */
  read(): Map<string, string> {
    const found = new Map<string, { serial: number; place: Place; text: string }>();
    if (this.#isOurs()) for (let at = HEADER_SIZE; at > 0; ) at = this.#readPlace(at, found);
    else this.#sys.pwrite(this.#fd, this.#sys.encode(MAGIC), 0);
    for (const [key, { place }] of found) this.#places.set(key, place);
    return new Map([...found].map(([key, { text }]) => [key, text]));
  }

  #isOurs(): boolean {
    const magic = new Uint8Array(MAGIC.length);
    return this.#sys.pread(this.#fd, magic, 0) === magic.length && this.#sys.decode(magic) === MAGIC;
  }

  /** @returns where the next place begins, 0 at the end */
  #readPlace(at: number, found: Map<string, { serial: number; place: Place; text: string }>): number {
    const head = new Uint32Array(PLACE_HEADER_SIZE / 4);
    if (this.#sys.pread(this.#fd, new Uint8Array(head.buffer), at) < PLACE_HEADER_SIZE) return 0;
    const [capacity = 0, size = 0, serial = 0, check = 0] = head;
    const isSize = Number.isInteger(Math.log2(capacity / PLACE_SIZE_MIN)) && capacity >= PLACE_SIZE_MIN;
    if (check !== checkOf(capacity, size, serial) || !isSize || capacity > 2 * RECORD_SIZE_MAX) return 0;
    const place = placeOf(at, capacity);
    this.#end = at + capacity;
    this.#serial = Math.max(this.#serial, serial + 1);
    const record = this.#content(at, Math.min(size, capacity - PLACE_HEADER_SIZE));
    const lineEnd = record.indexOf('\n');
    const key = record.slice(0, Math.max(0, lineEnd));
    const other = found.get(key);
    if (lineEnd <= 0 || (other !== undefined && other.serial > serial)) this.#free.push(place);
    else {
      if (other !== undefined) this.#free.push(other.place);
      found.set(key, { serial, place, text: record.slice(lineEnd + 1) });
    }
    return this.#end;
  }

  #content(at: number, size: number): string {
    const bytes = new Uint8Array(size);
    const read = this.#sys.pread(this.#fd, bytes, at + PLACE_HEADER_SIZE);
    return this.#sys.decode(bytes.subarray(0, Math.max(0, read)));
  }

  /** @returns false when it does not fit; the record of before is gone then */
  put(key: string, text: string): boolean {
    const content = this.#sys.encode(`${key}\n${text}`);
    const size = PLACE_HEADER_SIZE + content.length;
    const before = this.#places.get(key);
    if (before !== undefined && capacityOf(before) >= size) {
      this.#write(before, content);
      return true;
    }
    const place = this.#findPlace(size);
    if (place === null) {
      this.remove(key);
      return false;
    }
    this.#write(place, content);
    this.#places.set(key, place);
    if (before !== undefined) this.#release(before);
    return true;
  }

  remove(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    this.#release(place);
  }

  #release(place: Place): void {
    this.#write(place, new Uint8Array(0));
    this.#free.push(place);
  }

  #findPlace(size: number): Place | null {
    let capacity = PLACE_SIZE_MIN;
    while (capacity < size) capacity *= 2;
    const at = this.#free.findIndex((place) => capacityOf(place) === capacity);
    if (at >= 0) return this.#free.splice(at, 1)[0] ?? null;
    if (size > RECORD_SIZE_MAX || this.#end + capacity > FILE_SIZE_MAX) return null;
    const place = placeOf(this.#end, capacity);
    this.#end += capacity;
    return place;
  }

  #write(place: Place, content: Uint8Array): void {
    const capacity = capacityOf(place);
    const size = PLACE_HEADER_SIZE + content.length;
    if (this.#buffer.length < size) this.#buffer = new Uint8Array(capacity);
    const serial = this.#serial++ % 2 ** 32;
    const head = Uint32Array.of(capacity, content.length, serial, checkOf(capacity, content.length, serial));
    this.#buffer.set(new Uint8Array(head.buffer), 0);
    this.#buffer.set(content, PLACE_HEADER_SIZE);
    this.#sys.pwrite(this.#fd, this.#buffer.subarray(0, size), startOf(place));
    if (this.#buffer.length > PLACE_SIZE_MIN * 8) this.#buffer = new Uint8Array(PLACE_SIZE_MIN);
  }
}

const checkOf = (capacity: number, size: number, serial: number): number => (capacity ^ size ^ serial ^ CHECK) >>> 0;
