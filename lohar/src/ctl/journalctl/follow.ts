/** `journalctl -f`: prints what is appended, woken by inotify; costs nothing while nothing is written. */
import type { Fd, Sys } from '@bhatti/runtime/sys.ts';
import type { Entry } from '../../journal/entry.ts';
import { FileReader, type Source } from '../../journal/file-reader.ts';
import { type FolderSys, listFiles } from '../../journal/folder.ts';
import { activeName, parseFileName } from '../../journal/places.ts';
import type { Filter } from '../../journal/query.ts';

export type FollowSys = FolderSys & Pick<Sys, 'inotify' | 'inotifyAdd' | 'read' | 'decode'>;

/** inotify(7) */
const IN_MODIFY = 0x2;
const IN_CREATE = 0x100;
const IN_MOVED_TO = 0x80;
const IN_Q_OVERFLOW = 0x4000;
const EVENT_HEAD = 16;
const EVENTS_MAX = 64 * 1024;

/** A file that grows. It stays open when it is put aside, so that its last lines are not missed. */
class Growing implements Source {
  readonly #sys: FolderSys;
  readonly #fd: Fd;
  readonly id: string;
  size: number;
  offset: number;

  constructor(sys: FolderSys, path: string, fromStart: boolean) {
    this.#sys = sys;
    this.#fd = sys.open(path, 0);
    const stat = sys.fstat(this.#fd);
    this.id = stat.id;
    this.size = stat.size;
    this.offset = fromStart ? 0 : stat.size;
  }

  read(into: Uint8Array, offset: number): number {
    return this.#sys.pread(this.#fd, into, offset);
  }

  /** Entries since the last call; a line that is not whole yet waits. */
  *news(): Generator<Entry> {
    this.size = this.#sys.fstat(this.#fd).size;
    if (this.size <= this.offset) return;
    const reader = new FileReader(this);
    yield* reader.forward(this.offset);
    this.offset = reader.end;
  }

  close(): void {
    this.#sys.close(this.#fd);
  }
}

export class Follower {
  readonly #sys: FollowSys;
  readonly #folder: string;
  readonly #filter: Filter;
  readonly #files = new Map<string, Growing>();
  readonly fd: Fd;

  /** Watches from now on; what is in the files already is the caller's to print. */
  constructor(sys: FollowSys, folder: string, filter: Filter) {
    this.#sys = sys;
    this.#folder = folder;
    this.#filter = filter;
    this.fd = sys.inotify();
    sys.inotifyAdd(this.fd, folder, IN_MODIFY | IN_CREATE | IN_MOVED_TO);
    for (const file of listFiles(sys, folder, (key) => filter.wantsKey(key))) {
      if (file.archivedFrom === undefined) this.#open(file.key, false);
    }
  }

  /** Wanted entries that came since the last call, in order. @param after numbers up to this one were printed */
  take(after: number): Entry[] {
    const entries: Entry[] = [];
    for (const key of this.#changedKeys()) {
      if (!this.#filter.wantsKey(key)) continue;
      const held = this.#files.get(key);
      if (held !== undefined) entries.push(...held.news());
      if (held === undefined || this.#wasReplaced(key, held)) {
        held?.close();
        const next = this.#open(key, true);
        if (next !== null) entries.push(...next.news());
      }
    }
    return entries
      .filter((entry) => entry.record.seq > after && this.#filter.matches(entry))
      .sort((a, b) => a.record.seq - b.record.seq);
  }

  #open(key: string, fromStart: boolean): Growing | null {
    try {
      const file = new Growing(this.#sys, `${this.#folder}/${activeName(key)}`, fromStart);
      this.#files.set(key, file);
      return file;
    } catch {
      this.#files.delete(key);
      return null;
    }
  }

  #wasReplaced(key: string, held: Growing): boolean {
    try {
      return this.#sys.lstat(`${this.#folder}/${activeName(key)}`).id !== held.id;
    } catch {
      // Put aside, and nothing was written since.
      return false;
    }
  }

  #changedKeys(): Set<string> {
    const keys = new Set<string>();
    const buffer = new Uint8Array(EVENTS_MAX);
    const size = this.#sys.read(this.fd, buffer);
    const view = new DataView(buffer.buffer);
    for (let at = 0; at + EVENT_HEAD <= size; ) {
      const mask = view.getUint32(at + 4, true);
      const length = view.getUint32(at + 12, true);
      const name = this.#sys.decode(buffer.subarray(at + EVENT_HEAD, at + EVENT_HEAD + length)).replace(/\0+$/, '');
      const parsed = parseFileName(name);
      if (parsed !== null) keys.add(parsed.key);
      if ((mask & IN_Q_OVERFLOW) !== 0) for (const key of this.#files.keys()) keys.add(key);
      at += EVENT_HEAD + length;
    }
    return keys;
  }
}
