/**
 * Entries of many files in one order: each file is in order, and the numbers of entries go through all files, so that
 * merging them is all there is to do. Bounds (time, boot, cursor) are found by halving, not by reading.
 */
import type { Entry } from './entry.ts';
import { FileReader } from './file-reader.ts';
import { type FolderSys, listFiles, newestFirst, OpenFile } from './folder.ts';
import type { StoredFile } from './limits.ts';
import { activeName } from './places.ts';
import type { Filter } from './query.ts';
import { formatTime } from './record.ts';

export interface Range {
  /** Microseconds since 1970, both included. */
  readonly sinceUs?: number;
  readonly untilUs?: number;
  /** Only entries with a greater (or the same, with `inclusive`) number. */
  readonly fromSeq?: number;
  readonly toSeq?: number;
}

interface Bounds {
  /** Holds from the first wanted entry on. */
  readonly begun: (entry: Entry) => boolean;
  /** Holds from the first entry behind the range on; absent: there is no end. */
  readonly over?: (entry: Entry) => boolean;
}

function boundsOf(range: Range): Bounds {
  const since = range.sinceUs === undefined ? '' : formatTime(Math.max(0, range.sinceUs));
  const until = range.untilUs === undefined ? '' : formatTime(Math.max(0, range.untilUs));
  const { fromSeq = 0, toSeq } = range;
  const begun = (entry: Entry) => entry.record.seq >= fromSeq && entry.record.time >= since;
  if (until === '' && toSeq === undefined) return { begun };
  const last = toSeq ?? Number.MAX_SAFE_INTEGER;
  return { begun, over: (entry) => entry.record.seq > last || (until !== '' && entry.record.time > until) };
}

/** The files of one key as one stream, opened one after the other. */
class KeyFiles {
  readonly #sys: FolderSys;
  readonly #folder: string;
  readonly #files: readonly StoredFile[];

  constructor(sys: FolderSys, folder: string, files: readonly StoredFile[]) {
    this.#sys = sys;
    this.#folder = folder;
    this.#files = newestFirst(files);
  }

  *backward(bounds: Bounds): Generator<Entry> {
    for (const name of this.#files) {
      const file = this.#open(name);
      if (file === null) continue;
      try {
        const reader = new FileReader(file);
        const from = bounds.over === undefined ? reader.size : reader.bisect(bounds.over);
        for (const entry of reader.backward(from)) {
          if (!bounds.begun(entry)) return;
          yield entry;
        }
      } finally {
        file.close();
      }
    }
  }

  *forward(bounds: Bounds): Generator<Entry> {
    for (const name of this.#fromOldest(bounds)) {
      const file = this.#open(name);
      if (file === null) continue;
      try {
        const reader = new FileReader(file);
        for (const entry of reader.forward(reader.bisect(bounds.begun))) {
          if (bounds.over?.(entry) === true) return;
          yield entry;
        }
      } finally {
        file.close();
      }
    }
  }

  /** Oldest first, without those that end before the range: the last one whose first entry lies before it is the first. */
  #fromOldest(bounds: Bounds): StoredFile[] {
    const wanted: StoredFile[] = [];
    for (const name of this.#files) {
      wanted.unshift(name);
      if (name !== this.#files.at(-1) && this.#beginsBefore(name, bounds)) break;
    }
    return wanted;
  }

  #beginsBefore(name: StoredFile, bounds: Bounds): boolean {
    const file = this.#open(name);
    if (file === null) return false;
    try {
      for (const entry of new FileReader(file).forward()) return !bounds.begun(entry);
      return false;
    } finally {
      file.close();
    }
  }

  #open(name: StoredFile): OpenFile | null {
    try {
      return new OpenFile(this.#sys, `${this.#folder}/${name.name}`);
    } catch {
      // Put aside or deleted since the folder was listed, or not ours to read; the caller has warned of the latter.
      return null;
    }
  }
}

interface Head {
  entry: Entry;
  readonly rest: Generator<Entry>;
}

/** Merges streams that are each in order. @param before does `a` come before `b`? */
function* merge(streams: readonly Generator<Entry>[], before: (a: Entry, b: Entry) => boolean): Generator<Entry> {
  const heads: Head[] = [];
  const place = (head: Head) => {
    let at = heads.length;
    // Kept sorted, the next one last; a stream that was just read mostly comes next again.
    while (at > 0 && before((heads[at - 1] as Head).entry, head.entry)) at--;
    heads.splice(at, 0, head);
  };
  const advance = (rest: Generator<Entry>) => {
    const next = rest.next();
    if (!next.done) place({ entry: next.value, rest });
  };
  try {
    for (const stream of streams) advance(stream);
    for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
      yield head.entry;
      advance(head.rest);
    }
  } finally {
    for (const stream of streams) stream.return(undefined);
  }
}

/** Wanted entries of the folder, in order, or last first. */
export function* select(
  sys: FolderSys,
  folder: string,
  filter: Filter,
  range: Range = {},
  direction: 'forward' | 'backward' = 'forward',
): Generator<Entry> {
  const files = listFiles(sys, folder, (key) => filter.wantsKey(key));
  const groups = [...Map.groupBy(files, (file) => file.key).values()].map((group) => new KeyFiles(sys, folder, group));
  const bounds = boundsOf(range);
  const entries =
    direction === 'forward'
      ? merge(
          groups.map((group) => group.forward(bounds)),
          (a, b) => a.record.seq < b.record.seq,
        )
      : merge(
          groups.map((group) => group.backward(bounds)),
          (a, b) => a.record.seq > b.record.seq,
        );
  for (const entry of entries) if (filter.matches(entry)) yield entry;
}

/**
 * The last `count` wanted entries from the file of one key that is written now, last first: the folder need not be listed.
 * @returns null when files put aside may hold more of them
 */
function lastOfActive(sys: FolderSys, folder: string, filter: Filter, bounds: Bounds, count: number): Entry[] | null {
  const key = filter.onlyKey;
  if (key === null || bounds.over !== undefined) return null;
  let file: OpenFile;
  try {
    file = new OpenFile(sys, `${folder}/${activeName(key)}`);
  } catch {
    return null;
  }
  const last: Entry[] = [];
  try {
    for (const entry of new FileReader(file).backward()) {
      if (!bounds.begun(entry)) return last;
      if (filter.matches(entry) && last.push(entry) >= count) return last;
    }
    return null;
  } finally {
    file.close();
  }
}

/** The last `count` wanted entries, in order. */
export function lastEntries(sys: FolderSys, folder: string, filter: Filter, range: Range, count: number): Entry[] {
  if (count <= 0) return [];
  const found = lastOfActive(sys, folder, filter, boundsOf(range), count);
  if (found !== null) return found.reverse();
  const last: Entry[] = [];
  for (const entry of select(sys, folder, filter, range, 'backward')) {
    last.push(entry);
    if (last.length >= count) break;
  }
  return last.reverse();
}
