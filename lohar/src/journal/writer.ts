/**
 * Appends to the files of the journal. Text is gathered per file and goes out in one write at `flush`, which the caller
 * runs at the end of each turn of the loop. Nothing here throws: what cannot be written waits, up to PENDING_MAX bytes;
 * beyond that it is dropped and counted, and a line says so when writing works again.
 */

import { O_APPEND, O_CREAT, O_RDWR } from '@bhatti/runtime/linux/constants.ts';
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { Composer, type Sender } from './compose.ts';
import { type FolderSys, listFiles, newestFirst } from './folder.ts';
import { filesToDelete, type JournalLimits, limitsFor, type StoredFile } from './limits.ts';
import { activeName, archiveName, SYSTEM_KEY } from './places.ts';
import type { Draft, Fields, Moment } from './record.ts';
import { firstSeq, lastSeq } from './sequence.ts';

export type WriterSys = FolderSys &
  Pick<
    Sys,
    'write' | 'mkdir' | 'chmod' | 'chown' | 'rename' | 'unlink' | 'ftruncate' | 'fsync' | 'statfs' | 'monotonicMs'
  >;

/** Files held open; the one not written for the longest time is closed. */
const OPEN_MAX = 64;
/** Text that waits for a disk that takes nothing. */
const PENDING_MAX = 1024 * 1024;
/** Free space is looked at after this many bytes. */
const SPACE_CHECK_EVERY = 1024 * 1024;
/** After a failure, the time before writing is tried again. */
const RETRY_MS = 1000;
/** Debian's group of those who may read logs (base-passwd). */
const ADM = 4;

interface Target {
  readonly key: string;
  readonly composer: Composer;
  fd: Fd | null;
  text: string;
  messages: number;
  size: number;
  /** Number of the first message, for the archived file's name; 0: not known yet. */
  firstSeq: number;
}

export interface Deleted {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface WriterOptions {
  readonly folder: string;
  /** Absent: by the size of the file system. */
  readonly limits?: JournalLimits;
  /** Fields that every message of this boot has: boot and machine id, host name. */
  readonly base: Fields;
  readonly now: () => Moment;
}

export class JournalWriter {
  readonly #sys: WriterSys;
  readonly #folder: string;
  readonly #now: () => Moment;
  #limits: JournalLimits;
  readonly #fixedLimits: boolean;
  #base: Fields;
  #ready = false;
  #retryAt = 0;
  #seq = 1;
  #total = 0;
  #unchecked = 0;
  #pending = 0;
  #lost = 0;
  #lostWhy = '';
  /** In the order of last use. */
  readonly #targets = new Map<string, Target>();
  readonly #dirty = new Set<Target>();

  constructor(sys: WriterSys, options: WriterOptions) {
    this.#sys = sys;
    this.#folder = options.folder;
    this.#now = options.now;
    this.#base = options.base;
    this.#fixedLimits = options.limits !== undefined;
    this.#limits = options.limits ?? limitsFor(0);
  }

  /** Host name or machine id have changed: a fork became itself. */
  rename(base: Fields): void {
    this.#base = base;
    for (const target of this.#targets.values()) target.composer.forget();
  }

  message(key: string, sender: Sender, at: Moment, draft: Draft): void {
    const target = this.#target(key);
    this.#add(target, target.composer.message(sender, this.#base, at, this.#seq++, draft), 1);
  }

  lines(
    key: string,
    sender: Sender,
    at: Moment,
    of: Pick<Draft, 'priority' | 'identifier' | 'pid'>,
    lines: readonly string[],
  ): void {
    const target = this.#target(key);
    this.#add(target, target.composer.lines(sender, this.#base, at, this.#seq, of, lines), lines.length);
    this.#seq += lines.length;
  }

  /** Writes what was gathered. */
  flush(): void {
    if (this.#dirty.size === 0 || this.#sys.monotonicMs() < this.#retryAt || !this.#prepare()) return;
    for (const target of this.#dirty) this.#writeOut(target);
    if (this.#lost > 0 && this.#dirty.size === 0) this.#reportLost();
    this.#closeIdle();
  }

  /** Puts every file aside that has something in it. */
  rotate(): void {
    this.flush();
    for (const file of this.#list())
      if (file.archivedFrom === undefined && file.size > 0) this.#archive(this.#target(file.key));
  }

  /** @param bounds absent: the limits of the journal */
  vacuum(bounds: { totalBytes?: number; olderThanMs?: number } = {}): Deleted[] {
    const files = this.#list();
    const chosen = filesToDelete(files, { totalBytes: this.#limits.totalBytes, files: this.#limits.files, ...bounds });
    return chosen.flatMap((file) => this.#delete(file));
  }

  /** To the disk, not only to the kernel. */
  sync(): void {
    this.flush();
    for (const target of this.#targets.values()) if (target.fd !== null) this.#sys.fsync(target.fd);
  }

  #add(target: Target, text: string, messages: number): void {
    if (this.#pending + text.length > PENDING_MAX && this.#retryAt > 0) {
      this.#lost += messages;
      target.composer.forget();
      return;
    }
    target.text += text;
    target.messages += messages;
    this.#pending += text.length;
    this.#dirty.add(target);
  }

  #target(key: string): Target {
    const known = this.#targets.get(key);
    if (known !== undefined) {
      this.#targets.delete(key);
      this.#targets.set(key, known);
      return known;
    }
    // Numbers must go on from the last run's before the first message gets one.
    this.#prepare();
    const target = { key, composer: new Composer(0), fd: null, text: '', messages: 0, size: 0, firstSeq: 0 };
    this.#targets.set(key, target);
    return target;
  }

  /** Makes the folder and finds out where to go on. @returns false when that cannot be done now */
  #prepare(): boolean {
    if (this.#ready) return true;
    const now = this.#sys.monotonicMs();
    if (now < this.#retryAt) return false;
    try {
      this.#makeFolder();
      const space = this.#sys.statfs(this.#folder);
      if (!this.#fixedLimits) this.#limits = limitsFor(space.blocks * space.blockSize);
      this.#resume();
      this.#ready = true;
      this.#retryAt = 0;
    } catch (error) {
      this.#failed(error);
    }
    return this.#ready;
  }

  #makeFolder(): void {
    try {
      this.#sys.mkdir(this.#folder, 0o755);
    } catch (error) {
      if (!(error instanceof SysError) || error.code !== 'EEXIST') throw error;
      return;
    }
    // With the group bit, files get the folder's group: who may read logs on this system may read these.
    this.#sys.chown(this.#folder, 0, ADM);
    this.#sys.chmod(this.#folder, 0o2755);
  }

  #resume(): void {
    const files = this.#list();
    const byKey = Map.groupBy(files, (file) => file.key);
    let last = 0;
    for (const group of byKey.values()) {
      const newest = newestFirst(group).find((file) => file.size > 0);
      if (newest !== undefined) last = Math.max(last, lastSeq(this.#sys, `${this.#folder}/${newest.name}`));
    }
    this.#seq = Math.max(this.#seq, last + 1);
    this.#total = files.reduce((sum, file) => sum + file.size, 0);
  }

  #list(): StoredFile[] {
    return listFiles(this.#sys, this.#folder);
  }

  #open(target: Target): Fd {
    if (target.fd !== null) return target.fd;
    const fd = this.#sys.open(`${this.#folder}/${activeName(target.key)}`, O_RDWR | O_APPEND | O_CREAT, 0o640);
    target.fd = fd;
    target.size = this.#sys.fstat(fd).size;
    const last = new Uint8Array(1);
    if (target.size > 0 && this.#sys.pread(fd, last, target.size - 1) === 1 && last[0] !== 0x0a) {
      // A line torn by a crash: end it, the next one begins clean.
      target.size += this.#sys.write(fd, Uint8Array.of(0x0a));
    }
    return fd;
  }

  #writeOut(target: Target): void {
    const bytes = new TextEncoder().encode(target.text);
    try {
      if (this.#unchecked + bytes.length >= SPACE_CHECK_EVERY || this.#unchecked === 0) this.#checkSpace(bytes.length);
      this.#append(target, bytes);
    } catch (error) {
      this.#failed(error);
      if (this.#pending > PENDING_MAX) this.#drop(target);
      return;
    }
    this.#pending -= target.text.length;
    target.text = '';
    target.messages = 0;
    this.#dirty.delete(target);
    this.#retryAt = 0;
    if (target.size < this.#limits.fileBytes) return;
    this.#archive(target);
    if (this.#total > this.#limits.totalBytes) this.vacuum();
  }

  /** All or nothing: what was written of a batch that did not fit is cut off again. */
  #append(target: Target, bytes: Uint8Array): void {
    const fd = this.#open(target);
    let done = 0;
    try {
      while (done < bytes.length) done += this.#sys.write(fd, bytes.subarray(done));
    } catch (error) {
      if (done > 0) this.#sys.ftruncate(fd, target.size);
      throw error;
    }
    target.size += done;
    this.#total += done;
    this.#unchecked += done;
  }

  /** @throws SysError ENOSPC when nothing can be deleted to make room */
  #checkSpace(more: number): void {
    if (this.#total + more > this.#limits.totalBytes) this.#shrink(this.#limits.totalBytes - more);
    const free = () => {
      const space = this.#sys.statfs(this.#folder);
      return space.available * space.blockSize;
    };
    const missing = this.#limits.keepFreeBytes + more - free();
    if (missing > 0) {
      this.#shrink(Math.max(0, this.#total - missing));
      if (this.#limits.keepFreeBytes + more > free()) throw new SysError(`write ${this.#folder}`, 28, 'ENOSPC');
    }
    this.#unchecked = 1;
  }

  /** Deletes archived files until no more than this is left; then puts the largest active file aside and deletes that. */
  #shrink(totalBytes: number): void {
    this.vacuum({ totalBytes });
    if (this.#total <= totalBytes) return;
    const largest = this.#list().sort((a, b) => b.size - a.size)[0];
    if (largest === undefined || largest.size < this.#limits.fileBytes / 4) return;
    this.#archive(this.#target(largest.key));
    this.vacuum({ totalBytes });
  }

  #archive(target: Target): void {
    try {
      const fd = this.#open(target);
      const first = this.#firstSeq(target);
      if (first > 0) {
        const path = `${this.#folder}/${activeName(target.key)}`;
        this.#sys.rename(path, `${this.#folder}/${archiveName(target.key, first)}`);
      }
      this.#sys.close(fd);
      target.fd = null;
      target.firstSeq = 0;
      target.composer.forget(0);
    } catch (error) {
      this.#failed(error);
    }
  }

  #firstSeq(target: Target): number {
    const read = (into: Uint8Array, offset: number) => this.#sys.pread(target.fd ?? -1, into, offset);
    return firstSeq({ size: target.size, read });
  }

  #delete(file: StoredFile): Deleted[] {
    const path = `${this.#folder}/${file.name}`;
    const target = file.archivedFrom === undefined ? this.#targets.get(file.key) : undefined;
    try {
      this.#sys.unlink(path);
    } catch {
      return [];
    }
    if (target?.fd != null) {
      this.#sys.close(target.fd);
      target.fd = null;
      target.composer.forget(0);
    }
    this.#total -= file.size;
    return [{ path, sizeBytes: file.size }];
  }

  #drop(target: Target): void {
    this.#lost += target.messages;
    this.#pending -= target.text.length;
    target.text = '';
    target.messages = 0;
    target.composer.forget();
    this.#dirty.delete(target);
  }

  #failed(error: unknown): void {
    this.#lostWhy = error instanceof SysError ? error.message : String(error);
    this.#retryAt = this.#sys.monotonicMs() + RETRY_MS;
  }

  #reportLost(): void {
    const message = `Lost ${this.#lost} messages: ${this.#lostWhy}`;
    this.#lost = 0;
    const draft = { priority: 4, identifier: 'systemd', pid: 1, message, fields: [] };
    this.message(SYSTEM_KEY, LOST_SENDER, this.#now(), draft);
    this.flush();
  }

  #closeIdle(): void {
    for (const target of this.#targets.values()) {
      if (this.#targets.size <= OPEN_MAX) return;
      if (this.#dirty.has(target)) continue;
      if (target.fd !== null) this.#sys.close(target.fd);
      this.#targets.delete(target.key);
    }
  }
}

const LOST_SENDER: Sender = { fields: [['_TRANSPORT', 'driver']] };
