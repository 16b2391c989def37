/**
 * What PID 1 keeps for the image that follows it, after a crash or a daemon-reexec (docs/immortal.md): records in a memfd,
 * and descriptors that stay open, that one among them.
 */
import type { Survivors } from '@bhatti/runtime/crash.ts';
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { FoundRecords } from './found-records.ts';
import { RecordFile } from './record-file.ts';

const NAME = 'bhatti-kept';
const PRIVATE = 0o600;
const OWN_FDS = '/proc/self/fd';
const FD_FIRST = 3;
const FDS_MAX = 65_536;
/** fcntl(2) */
const F_GETFD = 1;

/** Of one part of PID 1; keys of different parts begin differently. */
export interface Kept {
  /** Records of the image before this one whose key begins with `prefix`, without it. Each is given out once. */
  take(prefix: string): Map<string, string>;
  takeOne(key: string): string | undefined;
  /** True when there is something to take. */
  has(prefix: string): boolean;
  /** @returns false when there is no room: it will not survive */
  put(key: string, text: string): boolean;
  remove(key: string): void;
  /** This descriptor, which is open now, survives. */
  holdOpen(fd: Fd): void;
  letGo(fd: Fd): void;
  /** True for a descriptor that the image before this one held open. */
  isInherited(fd: Fd): boolean;
}

export class KeptState implements Kept {
  readonly #sys: Sys;
  readonly #file: RecordFile;
  readonly #survivors: Survivors;
  readonly #found: FoundRecords;
  /** Descriptors of the image before this one that no part has taken yet. */
  readonly #inherited: Set<Fd>;

  /** @param again false at a boot */
  constructor(sys: Sys, survivors: Survivors, again: boolean) {
    this.#sys = sys;
    this.#survivors = survivors;
    this.#inherited = new Set(again ? this.#openAcrossExec() : []);
    this.#file = new RecordFile(sys, (again ? this.#inheritedFile() : undefined) ?? this.#newFile());
    this.#found = new FoundRecords(this.#file.read());
  }

  get descriptors(): readonly Fd[] {
    return this.#survivors.kept;
  }

  take(prefix: string): Map<string, string> {
    return this.#found.take(prefix);
  }

  has(prefix: string): boolean {
    return this.#found.has(prefix);
  }

  takeOne(key: string): string | undefined {
    return this.#found.takeOne(key);
  }

  put(key: string, text: string): boolean {
    return this.#file.put(key, text);
  }

  remove(key: string): void {
    this.#file.remove(key);
  }

  holdOpen(fd: Fd): void {
    if (this.#inherited.delete(fd)) this.#sys.setCloseOnExec(fd, true);
    this.#survivors.keep(fd);
  }

  letGo(fd: Fd): void {
    this.#survivors.drop(fd);
  }

  isInherited(fd: Fd): boolean {
    return this.#inherited.has(fd);
  }

  /** No part takes anything now: it all waits for the next image. */
  passOn(): void {
    for (const fd of this.#inherited) this.holdOpen(fd);
  }

  /** Every part has taken what is its own: other descriptors of the image before this one, and its records, go. */
  settle(): void {
    for (const fd of this.#inherited) this.#sys.close(fd);
    this.#inherited.clear();
    for (const key of this.#found.take('').keys()) this.#file.remove(key);
  }

  #newFile(): Fd {
    const fd = this.#sys.memfd(NAME);
    this.#sys.fchmod(fd, PRIVATE);
    this.holdOpen(fd);
    return fd;
  }

  /** The file of the image before this one: its number is told by nobody, its name by the kernel. */
  #inheritedFile(): Fd | undefined {
    const fd = [...this.#inherited].find((one) => this.#targetOf(one).startsWith(`/memfd:${NAME}`));
    if (fd !== undefined) this.holdOpen(fd);
    return fd;
  }

  #targetOf(fd: Fd): string {
    try {
      return this.#sys.readlink(`${OWN_FDS}/${fd}`);
    } catch (error) {
      if (error instanceof SysError) return ''; // closed since it was listed
      throw error;
    }
  }

  #openAcrossExec(): Fd[] {
    const names = this.#sys.readdir(OWN_FDS, FDS_MAX).map(({ name }) => Number(name));
    return names.filter((fd) => fd >= FD_FIRST && this.#sys.attempt('fcntl', fd, F_GETFD) === 0);
  }
}
