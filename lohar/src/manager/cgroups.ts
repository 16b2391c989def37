/** Control groups: each unit's processes in a folder of their own below /sys/fs/cgroup. Facts: cgroups(7), cgroup-v2 of the kernel. */

import { O_CLOEXEC, O_DIRECTORY, O_PATH } from '@bhatti/runtime/linux/constants.ts';
import { type Fd, type Loop, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { SIGCONT, SIGKILL } from '../unit/value/signal.ts';

export const CGROUP_ROOT = '/sys/fs/cgroup';
const CONTROLLERS = '+cpu +cpuset +io +memory +pids';
/** Bytes of cgroup.procs read in one go: 10,000 pids of seven digits and more. */
const PROCS_SIZE_MAX = 1024 * 1024;
const SMALL_FILE_MAX = 16 * 1024;
/** Folders below one cgroup that are looked at. */
const CHILDREN_MAX = 4096;
/** Times that a cgroup is signalled again because new processes appeared meanwhile. */
const KILL_ROUNDS = 10;
const IN_MODIFY = 2;
const EVENT_HEADER = 16;

type CgroupSys = Pick<
  Sys,
  | 'mkdir'
  | 'rmdir'
  | 'readdir'
  | 'stat'
  | 'readFile'
  | 'writeFile'
  | 'open'
  | 'close'
  | 'kill'
  | 'inotify'
  | 'inotifyAdd'
  | 'inotifyRemove'
  | 'read'
  | 'decode'
>;

export interface CgroupEvents {
  /** The last process is gone. */
  empty(): void;
  /** The kernel killed for want of memory. */
  outOfMemory(): void;
}

export class Cgroups {
  readonly #sys: CgroupSys;
  readonly #loop: Loop;
  readonly #root: string;
  /** Whose children already have all controllers. */
  readonly #opened = new Set<string>();
  readonly #watches = new Map<number, { path: string; changed: () => void }>();
  readonly #watched = new Map<string, number[]>();
  #inotify: Fd = -1;

  constructor(sys: CgroupSys, loop: Loop, root = CGROUP_ROOT) {
    this.#sys = sys;
    this.#loop = loop;
    this.#root = root;
  }

  folder(path: string): string {
    return this.#root + path;
  }

  /** Makes the cgroup and those above it, each with all controllers for its children. @throws SysError */
  ensure(path: string): void {
    let at = '';
    this.#delegate(this.#root);
    for (const part of path.split('/').filter((one) => one !== '')) {
      if (at !== '') this.#delegate(this.#root + at);
      at += `/${part}`;
      try {
        this.#sys.mkdir(this.#root + at, 0o755);
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
      }
    }
  }

  #delegate(folder: string): void {
    if (this.#opened.has(folder)) return;
    try {
      this.#sys.writeFile(`${folder}/cgroup.subtree_control`, CONTROLLERS);
    } catch {
      // One that is missing spoils the whole line: each by itself, then.
      for (const one of CONTROLLERS.split(' ')) this.#tryWrite(`${folder}/cgroup.subtree_control`, one);
    }
    this.#opened.add(folder);
  }

  /** A descriptor to be born in. @throws SysError */
  open(path: string): Fd {
    return this.#sys.open(this.#root + path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  }

  /** @returns false when the kernel refuses it (the file or the controller is not there) */
  set(path: string, file: string, value: string): boolean {
    return this.#tryWrite(`${this.#root}${path}/${file}`, value);
  }

  #tryWrite(file: string, value: string): boolean {
    try {
      this.#sys.writeFile(file, value);
      return true;
    } catch (error) {
      if (error instanceof SysError) return false;
      throw error;
    }
  }

  /** A file's text without the newline; null when there is none. */
  get(path: string, file: string): string | null {
    return this.#read(`${this.#root}${path}/${file}`, SMALL_FILE_MAX);
  }

  #read(file: string, limit: number): string | null {
    try {
      return this.#sys.decode(this.#sys.readFile(file, limit)).trimEnd();
    } catch (error) {
      if (error instanceof SysError) return null;
      throw error;
    }
  }

  /** null when there is no such cgroup. */
  populated(path: string): boolean | null {
    const events = this.get(path, 'cgroup.events');
    return events === null ? null : /^populated 1$/m.test(events);
  }

  /** Processes of the cgroup and of those below it. */
  processes(path: string): number[] {
    return this.#processesBelow(this.#root + path);
  }

  #processesBelow(folder: string): number[] {
    const text = this.#read(`${folder}/cgroup.procs`, PROCS_SIZE_MAX) ?? '';
    const own = text === '' ? [] : text.split('\n').map(Number);
    return [...own, ...this.#children(folder).flatMap((child) => this.#processesBelow(child))];
  }

  #children(folder: string): string[] {
    try {
      // Two links and one for each folder in it (fs/kernfs/inode.c); a list would name the fifty files, too.
      if (this.#sys.stat(folder).nlink === 2) return [];
      const entries = this.#sys.readdir(folder, CHILDREN_MAX);
      return entries.filter((entry) => entry.type === 'directory').map((entry) => `${folder}/${entry.name}`);
    } catch (error) {
      if (error instanceof SysError) return [];
      throw error;
    }
  }

  /** Signals all but `except`. @returns true when there was anybody */
  signal(path: string, signal: number, except: ReadonlySet<number>): boolean {
    const others = (): number[] => this.processes(path).filter((pid) => !except.has(pid) && pid > 1);
    const first = others();
    if (first.length === 0) return false;
    if (signal === SIGKILL && except.size === 0 && this.set(path, 'cgroup.kill', '1')) return true;
    const done = new Set<number>();
    for (let round = 0, open = first; open.length > 0 && round < KILL_ROUNDS; round++) {
      for (const pid of open) this.#signalOne(pid, signal, done);
      open = others().filter((pid) => !done.has(pid));
    }
    return true;
  }

  #signalOne(pid: number, signal: number, done: Set<number>): void {
    done.add(pid);
    try {
      this.#sys.kill(pid, signal);
      // A stopped process hears nothing until it goes on.
      if (signal !== SIGKILL && signal !== SIGCONT) this.#sys.kill(pid, SIGCONT);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
  }

  /** Removes the cgroup with all that is below it, unless somebody is in it. */
  remove(path: string): boolean {
    if (this.populated(path) === true) return false;
    this.unwatch(path);
    this.#removeBelow(this.#root + path);
    return true;
  }

  #removeBelow(folder: string): void {
    for (const child of this.#children(folder)) this.#removeBelow(child);
    this.#opened.delete(folder);
    try {
      this.#sys.rmdir(folder);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
  }

  /** Calls back when the cgroup runs empty or out of memory. */
  watch(path: string, events: CgroupEvents): void {
    if (this.#watched.has(path)) return;
    if (this.#inotify < 0) this.#listen();
    const numbers: number[] = [];
    let killed = this.#oomKills(path);
    const add = (file: string, changed: () => void): void => {
      try {
        const number = this.#sys.inotifyAdd(this.#inotify, `${this.#root}${path}/${file}`, IN_MODIFY);
        this.#watches.set(number, { path, changed });
        numbers.push(number);
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
      }
    };
    // Exits of the same moment are told first, which is what the next turn is for.
    add('cgroup.events', () => this.#loop.after(0, () => this.populated(path) === false && events.empty()));
    add('memory.events', () => {
      const now = this.#oomKills(path);
      if (now > killed) events.outOfMemory();
      killed = now;
    });
    this.#watched.set(path, numbers);
  }

  unwatch(path: string): void {
    for (const number of this.#watched.get(path) ?? []) {
      this.#watches.delete(number);
      try {
        this.#sys.inotifyRemove(this.#inotify, number);
      } catch {
        // It went with its file.
      }
    }
    this.#watched.delete(path);
  }

  #oomKills(path: string): number {
    const found = /^oom_kill (\d+)$/m.exec(this.get(path, 'memory.events') ?? '');
    return Number(found?.[1] ?? 0);
  }

  #listen(): void {
    this.#inotify = this.#sys.inotify();
    const buffer = new Uint8Array(16 * 1024);
    this.#loop.watch(this.#inotify, 'in', () => {
      const size = this.#sys.read(this.#inotify, buffer);
      const view = new DataView(buffer.buffer);
      for (let at = 0; at + EVENT_HEADER <= size; at += EVENT_HEADER + view.getUint32(at + 12, true))
        this.#watches.get(view.getInt32(at, true))?.changed();
    });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof SysError && error.code === code;
}
