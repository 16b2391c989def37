/**
 * All processes of one exec. Each exec is born in a cgroup of its own, bhatti.slice/exec-N, so that nothing escapes
 * whatever it does with fork and setsid. Without cgroup2 it is the process group alone.
 */
import { O_DIRECTORY, O_RDONLY } from '@bhatti/runtime/linux/constants.ts';
import { type Fd, type Loop, type Pid, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { SIGKILL } from '../unit/value/signal.ts';

const SLICE = 'bhatti.slice';
/** cgroup.procs of some 60,000 processes. */
const PROCS_SIZE_MAX = 512 * 1024;
/** Empty cgroups that are kept. */
const SPARE_MAX = 8;
/** cgroup.events has "populated 0" and "frozen 0". */
const EVENTS_SIZE = 128;
/** How long after a death the cgroups that outlived their exec are looked at again. */
const SWEEP_DELAY_MS = 1000;
const NAMES_TRIED_MAX = 100_000;

export interface ProcessTree {
  /** Directory of the cgroup to be born in; null without cgroup2. */
  readonly cgroup: Fd | null;
  readonly path: string | null;
  /** The main process, once it runs. */
  begin(pid: Pid): void;
  /** To the main process's group. */
  signal(signal: number): void;
  /** To every process. */
  signalAll(signal: number): void;
  /** SIGKILL to every process, those of nested cgroups included. */
  kill(): void;
  /** The main process has ended (or never began): the last call. The cgroup goes as soon as it is empty. */
  release(): void;
}

/** A cgroup and its descriptors. */
interface Cgroup {
  readonly path: string;
  readonly folder: Fd;
  /** cgroup.events: says whether any process is in it. */
  readonly events: Fd;
}

export class CgroupTrees {
  readonly #sys: Sys;
  readonly #loop: Loop;
  /** null: no cgroup2 here. */
  readonly #slice: string | null;
  /** Empty ones for the next execs: making and removing one costs the kernel more than a fork. */
  readonly #spare: Cgroup[] = [];
  /** Those whose exec is over while something of it lives on, by path. */
  readonly #left = new Set<string>();
  /** Those that an exec has or that are spare. */
  readonly #mine = new Set<string>();
  readonly #event = new Uint8Array(EVENTS_SIZE);
  #next = 1;
  #sweeping = false;

  /** @param root where cgroup2 is mounted */
  constructor(sys: Sys, loop: Loop, root: string) {
    this.#sys = sys;
    this.#loop = loop;
    this.#slice = sys.access(`${root}/cgroup.procs`, 0) ? `${root}/${SLICE}` : null;
    if (this.#slice !== null && !sys.access(this.#slice, 0)) sys.mkdir(this.#slice, 0o755);
    loop.onReap(() => this.#sweepLater());
  }

  create(): ProcessTree {
    if (this.#slice === null) return new Tree(this.#sys, null, () => undefined);
    const cgroup = this.#spare.pop() ?? this.#open(this.#makeFolder(this.#slice));
    return new Tree(this.#sys, cgroup, () => this.#takeBack(cgroup));
  }

  /** The tree of a process that an image of PID 1 before this one began. */
  adopt(path: string | null, pid: Pid): ProcessTree {
    const cgroup = path === null ? null : this.#open(path);
    const tree = new Tree(this.#sys, cgroup, () => cgroup !== null && this.#takeBack(cgroup));
    tree.begin(pid);
    if (path !== null) this.#mine.add(path);
    return tree;
  }

  /** A number that is taken belongs to an exec from before PID 1 executed itself anew. */
  #makeFolder(slice: string): string {
    for (let tries = 0; tries < NAMES_TRIED_MAX; tries++) {
      const path = `${slice}/exec-${this.#next++}`;
      try {
        this.#sys.mkdir(path, 0o755);
        this.#mine.add(path);
        return path;
      } catch (error) {
        if (!(error instanceof SysError) || error.code !== 'EEXIST') throw error;
        if (!this.#mine.has(path)) this.#left.add(path);
      }
    }
    throw new Error('no free cgroup name');
  }

  #open(path: string): Cgroup {
    const folder = this.#sys.open(path, O_RDONLY | O_DIRECTORY);
    try {
      return { path, folder, events: this.#sys.open(`${path}/cgroup.events`, O_RDONLY) };
    } catch (error) {
      this.#sys.close(folder);
      throw error;
    }
  }

  #takeBack(cgroup: Cgroup): void {
    if (this.#isEmpty(cgroup.events) && this.#spare.length < SPARE_MAX) {
      this.#spare.push(cgroup);
      return;
    }
    this.#mine.delete(cgroup.path);
    this.#sys.close(cgroup.folder);
    this.#sys.close(cgroup.events);
    if (!this.#remove(cgroup.path)) this.#left.add(cgroup.path);
  }

  #isEmpty(events: Fd): boolean {
    const size = this.#sys.pread(events, this.#event, 0);
    return this.#sys.decode(this.#event.subarray(0, size)).startsWith('populated 0');
  }

  #sweepLater(): void {
    if (this.#left.size === 0 || this.#sweeping) return;
    this.#sweeping = true;
    this.#loop.after(SWEEP_DELAY_MS, () => {
      this.#sweeping = false;
      for (const path of this.#left) if (this.#remove(path)) this.#left.delete(path);
    });
  }

  /** @returns false while processes are in it */
  #remove(path: string): boolean {
    try {
      this.#sys.rmdir(path);
      return true;
    } catch (error) {
      if (error instanceof SysError) return error.code === 'ENOENT';
      throw error;
    }
  }
}

class Tree implements ProcessTree {
  readonly #sys: Sys;
  /** null without cgroup2, and once it is released: it serves another tree then. */
  #cgroup: Cgroup | null;
  readonly #onRelease: () => unknown;
  #pid: Pid | null = null;

  constructor(sys: Sys, cgroup: Cgroup | null, onRelease: () => unknown) {
    this.#sys = sys;
    this.#cgroup = cgroup;
    this.#onRelease = onRelease;
  }

  get path(): string | null {
    return this.#cgroup === null ? null : this.#cgroup.path;
  }

  get cgroup(): Fd | null {
    return this.#cgroup === null ? null : this.#cgroup.folder;
  }

  begin(pid: Pid): void {
    this.#pid = pid;
  }

  signal(signal: number): void {
    const pid = this.#pid;
    if (pid !== null) this.#attempt(() => this.#sys.killGroup(pid, signal));
  }

  signalAll(signal: number): void {
    this.signal(signal);
    for (const pid of this.#others()) this.#attempt(() => this.#sys.kill(pid, signal));
  }

  kill(): void {
    const path = this.#cgroup?.path;
    if (path !== undefined) this.#attempt(() => this.#sys.writeFile(`${path}/cgroup.kill`, '1'));
    this.signal(SIGKILL);
  }

  release(): void {
    this.#pid = null;
    this.#cgroup = null;
    this.#onRelease();
  }

  #others(): Pid[] {
    const path = this.#cgroup?.path;
    if (path === undefined) return [];
    const pids: Pid[] = [];
    this.#attempt(() => {
      const text = this.#sys.decode(this.#sys.readFile(`${path}/cgroup.procs`, PROCS_SIZE_MAX));
      pids.push(...text.split('\n').filter(Boolean).map(Number));
    });
    return pids.filter((pid) => pid !== this.#pid);
  }

  /** ESRCH, ENOENT: whom it was for is gone. */
  #attempt(call: () => void): void {
    try {
      call();
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
  }
}
