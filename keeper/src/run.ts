/**
 * The parent of one QEMU.
 *
 *   job.json --open, listen, spawn--> running --child ends well, job.hold--> holding --'release'--> gone
 *        |                              |                                        (memory sealed)
 *        +-- any step fails: 'failed'   +--child ends otherwise: exit.json, 'ended'--> gone
 *
 * It is in no data path but the console's: the daemon speaks to QEMU's own sockets, and may die and come back. The
 * child dies with its keeper (PR_SET_PDEATHSIG).
 */

import { O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, SIGNALS } from '@bhatti/runtime/linux/constants.ts';
import type { Fd, Loop, Pid, Sys, WaitStatus } from '@bhatti/runtime/sys.ts';
import { childSetup } from './child-setup.ts';
import { ConsoleLog } from './console-log.ts';
import { Control } from './control.ts';
import { Drain } from './drain.ts';
import {
  type Access,
  type ChildEnd,
  CONSOLE_FILE,
  CONTROL_SOCKET,
  type Command,
  type Descriptor,
  EXIT_FILE,
  JOB_FILE,
  JOB_SIZE_MAX,
  type Job,
  MEMORY_FILE,
  parseJob,
  type Report,
} from './job.ts';
import { MemoryCopy } from './memory-copy.ts';
import { sayFailed, sayReady } from './say.ts';
import { fillFrom } from './sparse.ts';
import { Tail } from './tail.ts';

const STDERR_TAIL = 4096;
/** mallopt(3): an arena for each of QEMU's threads would hold memory that the others need. */
const CHILD_ENV = ['MALLOC_ARENA_MAX=1'];

const OPEN_FLAGS: Readonly<Record<Access, number>> = { r: O_RDONLY, w: O_WRONLY | O_CREAT | O_TRUNC, rw: O_RDWR };

export class Keeper {
  readonly #sys: Sys;
  readonly #loop: Loop;
  readonly #job: Job;
  readonly #stderr = new Tail(STDERR_TAIL);
  readonly #drains: Drain[] = [];
  /** Index in the job -> descriptor here, of what must live as long as the keeper. */
  readonly #memory = new Map<number, Fd>();
  readonly #control: Control;
  #child: Pid | null = null;
  #heldAs: Fd | null = null;
  #copy: MemoryCopy | null = null;
  /** The copy lies in memory, for others to map. */
  #copyHeld = false;

  /** Binds the control socket. */
  constructor(sys: Sys, loop: Loop, job: Job) {
    this.#sys = sys;
    this.#loop = loop;
    this.#job = job;
    this.#control = new Control(sys, loop, CONTROL_SOCKET, {
      greeting: () => this.#state(),
      onCommand: (command) => this.#obey(command),
    });
  }

  /** @returns the child's pid. @throws SysError, SpawnError; then nothing runs and this process is to end */
  start(): Pid {
    const sys = this.#sys;
    const log = new ConsoleLog(sys, CONSOLE_FILE, this.#job.consoleLimit);
    const stdout = this.#drainedPipe((bytes) => log.append(bytes));
    const stderr = this.#drainedPipe((bytes) => this.#stderr.append(bytes));
    const opened = this.#job.descriptors.map((descriptor, index) => this.#open(descriptor, index));
    const spaces = [this.#job.userNamespace, this.#job.netNamespace]
      .filter((path) => path !== undefined)
      .map((path) => sys.open(path, O_RDONLY));
    const fds = [sys.open('/dev/null', O_RDONLY), stdout, stderr, ...opened];
    const calls = childSetup(this.#job, spaces);
    const child = sys.spawn({ path: this.#job.program, argv: this.#job.argv, env: CHILD_ENV, fds, calls });
    this.#child = child;
    const kept = new Set(this.#memory.values());
    for (const fd of new Set([...fds, ...spaces])) if (!kept.has(fd)) sys.close(fd);
    this.#loop.onExit(child, (status) => this.#onExit(status));
    this.#loop.onSignal(SIGNALS.TERM, () => this.#obey(this.#child === null ? 'release' : 'kill'));
    return child;
  }

  /** @returns its write end */
  #drainedPipe(take: (bytes: Uint8Array) => void): Fd {
    const pipe = this.#sys.pipe();
    this.#sys.setNonBlocking(pipe.write, false);
    this.#drains.push(new Drain(this.#sys, this.#loop, pipe.read, take));
    return pipe.write;
  }

  #open(descriptor: Descriptor, index: number): Fd {
    switch (descriptor.kind) {
      case 'memory': {
        const fd = this.#sys.memfd('bhatti-ram');
        this.#sys.ftruncate(fd, descriptor.size);
        if (descriptor.from !== undefined) fillFrom(this.#sys, descriptor.from, fd);
        this.#memory.set(index, fd);
        return fd;
      }
      case 'open':
        return this.#sys.open(descriptor.path, OPEN_FLAGS[descriptor.access], 0o600);
      case 'listen':
        return this.#sys.listenUnix(descriptor.path, 'stream', 0o600);
    }
  }

  #state(): Report {
    return {
      is: 'state',
      keeper: this.#sys.getpid(),
      ...(this.#child === null ? {} : { child: this.#child }),
      ...(this.#heldAs === null ? {} : { heldAs: this.#heldAs }),
    };
  }

  #obey(command: Command): void {
    if (command === 'kill' && this.#child !== null) this.#sys.kill(this.#child, SIGNALS.KILL);
    if (command === 'release' && this.#child === null) this.#sys.exit(0);
    if (command === 'drop') this.#dropCopy();
    if ((command === 'copy' || command === 'copy-held' || command === 'again') && this.#child !== null)
      this.#copyMemory(command, this.#child);
  }

  /** Nothing else is done meanwhile: the pipes of the console hold what comes. */
  #copyMemory(command: 'copy' | 'copy-held' | 'again', child: Pid): void {
    try {
      const copy = command === 'again' ? this.#copied() : this.#beginCopy(command, child);
      if (command === 'again') {
        copy.again();
        if (this.#copyHeld) this.#sys.seal(copy.out);
        copy.close();
      } else copy.first();
      this.#control.tell({ is: 'saved', chunks: copy.chunks, ...(this.#copyHeld ? { as: copy.out } : {}) });
    } catch (error) {
      this.#dropCopy();
      this.#control.tell({ is: 'unsaved', message: error instanceof Error ? error.message : String(error) });
    }
  }

  #copied(): MemoryCopy {
    if (this.#copy === null) throw new Error('there is no copy to go on with');
    return this.#copy;
  }

  #beginCopy(command: 'copy' | 'copy-held', child: Pid): MemoryCopy {
    this.#dropCopy();
    const sys = this.#sys;
    this.#copyHeld = command === 'copy-held';
    const out = this.#copyHeld ? sys.memfd('bhatti-copy') : sys.open(MEMORY_FILE, O_RDWR | O_CREAT | O_TRUNC, 0o600);
    try {
      this.#copy = new MemoryCopy(sys, child, out);
      return this.#copy;
    } catch (error) {
      sys.close(out);
      throw error;
    }
  }

  #dropCopy(): void {
    if (this.#copy === null) return;
    this.#copy.close();
    this.#sys.close(this.#copy.out);
    this.#copy = null;
  }

  #onExit(status: WaitStatus): void {
    this.#child = null;
    for (const drain of this.#drains) drain.rest();
    const how = 'code' in status ? { code: status.code } : { signal: status.signal };
    const end: ChildEnd = { ...how, stderr: this.#stderr.text(), endedMs: this.#sys.realtimeMs() };
    const held = 'code' in status && status.code === 0 ? this.#seal() : null;
    this.#heldAs = held;
    this.#record(end);
    this.#control.tell({ is: 'ended', end, ...(held === null ? {} : { heldAs: held }) });
    if (held === null) this.#sys.exit(0);
  }

  /** A daemon that is dead now learns it from the file; on a full disk only a living one learns it. */
  #record(end: ChildEnd): void {
    try {
      this.#sys.writeFile(`${EXIT_FILE}.new`, JSON.stringify(end), { mode: 0o600 });
      this.#sys.rename(`${EXIT_FILE}.new`, EXIT_FILE);
    } catch {
      return;
    }
  }

  /** @returns the descriptor of the memory that nobody can change any more; null when there is none to hold */
  #seal(): Fd | null {
    const fd = this.#job.hold === undefined ? undefined : this.#memory.get(this.#job.hold);
    if (fd === undefined) return null;
    this.#sys.seal(fd);
    return fd;
  }
}

/** Reads the job in the working directory and starts it; says on stdout how that went. */
export function run(sys: Sys, loop: Loop): void {
  try {
    const job = parseJob(new TextDecoder().decode(sys.readFile(JOB_FILE, JOB_SIZE_MAX)));
    sayReady(sys, new Keeper(sys, loop, job).start());
  } catch (error) {
    sayFailed(sys, error);
  }
}
