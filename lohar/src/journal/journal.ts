/**
 * The journal inside PID 1: the sockets that programs log to, the outputs of services, the kernel's messages and PID 1's
 * own meet here and go to the files (docs/journal.md). It decides nothing about units; the manager calls it (sink.ts).
 */

import { O_NONBLOCK, O_RDONLY } from '@bhatti/runtime/linux/constants.ts';
import { type Fd, type Loop, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { takeNative, takeSyslog } from './datagrams.ts';
import { Intake, type IntakeSys } from './intake.ts';
import type { JournalKeeper, JournalSockets } from './journal-keeper.ts';
import { parseKernelRecord } from './kmsg.ts';
import { JOURNAL_FOLDER } from './places.ts';
import type { Fields } from './record.ts';
import type { JournalSink, ManagerLine, StreamOrigin } from './sink.ts';
import { JournalStream, type StreamContext, type StreamState } from './stream.ts';
import { TurnBudget } from './turn-budget.ts';

export type JournalSys = IntakeSys &
  Pick<
    Sys,
    | 'receive'
    | 'read'
    | 'socketpair'
    | 'setNonBlocking'
    | 'setPassCredentials'
    | 'shutdownWrite'
    | 'listenUnix'
    | 'accept'
    | 'symlink'
    | 'random'
  >;

const FOLDER = '/run/systemd/journal';
/** As journald: anyone may log. */
const SOCKET_MODE = 0o666;
/** Outputs and clients that are read at once; one more is refused (EMFILE for the manager, closed for a client). */
const STREAMS_MAX = 4096;
/** Datagrams taken from one socket before others have their turn. */
const DATAGRAMS_PER_TURN = 64;
/** The kernel's limit of a record of /dev/kmsg. */
const KERNEL_RECORD_MAX = 8192;

export interface JournalOptions {
  readonly base: Fields;
  readonly invocationOf: (unit: string) => string;
  readonly keeper: JournalKeeper;
}

export class Journal implements JournalSink {
  readonly #sys: JournalSys;
  readonly #loop: Loop;
  readonly #intake: Intake;
  readonly #budget: TurnBudget;
  readonly #keeper: JournalKeeper;
  readonly #streams = new Set<JournalStream>();
  #sockets: JournalSockets;
  #kernelSerial = 0;

  constructor(sys: JournalSys, loop: Loop, options: JournalOptions) {
    this.#sys = sys;
    this.#loop = loop;
    this.#keeper = options.keeper;
    this.#intake = new Intake(sys, loop, { folder: JOURNAL_FOLDER, ...options });
    this.#budget = new TurnBudget(sys, loop);
    this.#sockets = this.#keeper.takeSockets();
    for (const state of this.#keeper.takeStreams()) this.#follow(state);
  }

  /** Opens what programs log to. What fails is said in the journal itself; a sandbox without /dev/log still runs. */
  start(): void {
    const { syslog, native, stdout, kernel } = this.#sockets;
    this.#makeFolders();
    this.#sockets = {
      syslog: syslog >= 0 ? syslog : this.#listen(`${FOLDER}/dev-log`, 'datagram'),
      native: native >= 0 ? native : this.#listen(`${FOLDER}/socket`, 'datagram'),
      stdout: stdout >= 0 ? stdout : this.#listen(`${FOLDER}/stdout`, 'stream'),
      kernel:
        kernel >= 0 ? kernel : this.#try('open /dev/kmsg', () => this.#sys.open('/dev/kmsg', O_RDONLY | O_NONBLOCK)),
    };
    this.#linkDevLog();
    const opened = this.#sockets;
    this.#watch(opened.syslog, () => takeSyslog(this.#sys, this.#intake, opened.syslog));
    this.#watch(opened.native, () => takeNative(this.#sys, this.#intake, opened.native));
    this.#watch(opened.stdout, () => this.#accept());
    this.#watch(opened.kernel, () => this.#takeKernel());
    this.#keeper.sockets(opened);
  }

  /** Host name or machine id have changed: a fork became itself. */
  rename(base: Fields): void {
    this.#intake.writer.rename(base);
  }

  open(origin: StreamOrigin): Fd {
    if (this.#streams.size >= STREAMS_MAX) throw new SysError('open a journal stream', 24, 'EMFILE');
    const [ours, theirs] = this.#sys.socketpair('stream');
    this.#sys.setPassCredentials(ours);
    this.#sys.shutdownWrite(ours);
    this.#sys.setNonBlocking(theirs, false);
    this.#follow({ fd: ours, id: this.#newId(), origin, header: [], pending: '', pid: 0 });
    return theirs;
  }

  log(line: ManagerLine): void {
    const { priority, message, unit = '', invocationId = '' } = line;
    this.#intake.own({ priority, message, fields: Object.entries(line.fields ?? {}) }, unit, invocationId);
  }

  /** Before PID 1 goes: everything to the disk. */
  sync(): void {
    this.#intake.writer.sync();
  }

  maintain(
    op: 'rotate' | 'flush' | 'sync' | 'vacuum',
    also: { readonly sizeBytes?: number; readonly olderThanMs?: number },
  ): ReturnType<JournalSink['maintain']> {
    const { writer } = this.#intake;
    if (op === 'rotate') writer.rotate();
    if (op === 'flush' || op === 'sync') writer.sync();
    if (op !== 'vacuum') return { deleted: [], freedBytes: 0 };
    const deleted = writer.vacuum({
      ...(also.sizeBytes === undefined ? {} : { totalBytes: also.sizeBytes }),
      ...(also.olderThanMs === undefined ? {} : { olderThanMs: also.olderThanMs }),
    });
    return { deleted, freedBytes: deleted.reduce((sum, file) => sum + file.sizeBytes, 0) };
  }

  #makeFolders(): void {
    for (const folder of ['/run/systemd', FOLDER]) {
      try {
        this.#sys.mkdir(folder, 0o755);
      } catch {
        // It is there; if not, listening says so.
      }
    }
  }

  #linkDevLog(): void {
    try {
      this.#sys.unlink('/dev/log');
    } catch {
      // There is none yet.
    }
    this.#try('link /dev/log', () => {
      this.#sys.symlink(`${FOLDER}/dev-log`, '/dev/log');
      return -1;
    });
  }

  #listen(path: string, type: 'datagram' | 'stream'): Fd {
    return this.#try(`listen on ${path}`, () => {
      const fd = this.#sys.listenUnix(path, type, SOCKET_MODE);
      this.#sys.setPassCredentials(fd);
      return fd;
    });
  }

  #try(what: string, run: () => Fd): Fd {
    try {
      return run();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.log({ priority: 3, message: `cannot ${what}: ${why}` });
      return -1;
    }
  }

  /** @param take one message; false when none waits */
  #watch(fd: Fd, take: () => boolean): void {
    if (fd < 0) return;
    this.#loop.watch(fd, 'in', () => {
      for (let i = 0; i < DATAGRAMS_PER_TURN && this.#budget.left && take(); i++);
    });
  }

  #newId(): string {
    return [...this.#sys.random(16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  #accept(): boolean {
    const fd = this.#sys.accept(this.#sockets.stdout);
    if (fd === null) return false;
    if (this.#streams.size >= STREAMS_MAX) {
      this.#sys.close(fd);
      return true;
    }
    this.#sys.setPassCredentials(fd);
    this.#sys.shutdownWrite(fd);
    this.#follow({ fd, id: this.#newId(), header: [], pending: '', pid: 0 });
    return true;
  }

  #follow(state: StreamState): void {
    const context: StreamContext = {
      sys: this.#sys,
      loop: this.#loop,
      intake: this.#intake,
      budget: this.#budget,
      onChange: (stream) => this.#keeper.changed(stream.state),
      onEnd: (stream) => {
        this.#streams.delete(stream);
      },
      onClose: (fd) => this.#keeper.ended(fd),
    };
    this.#keeper.begun(state);
    this.#streams.add(new JournalStream(context, state));
  }

  #takeKernel(): boolean {
    const record = new Uint8Array(KERNEL_RECORD_MAX);
    let size: number;
    try {
      size = this.#sys.read(this.#sockets.kernel, record);
    } catch (error) {
      // EPIPE: records were overwritten before they were read; the next read gives the oldest that is left.
      return error instanceof SysError && error.code === 'EPIPE';
    }
    if (size <= 0) return false;
    const message = parseKernelRecord(this.#sys.decode(record.subarray(0, size)));
    if (message === null || message.serial < this.#kernelSerial) return true;
    const missed = message.serial - this.#kernelSerial;
    if (missed > 0 && this.#kernelSerial > 0) this.log({ priority: 4, message: `Missed ${missed} kernel messages` });
    this.#kernelSerial = message.serial + 1;
    const { facility, monotonicUs, priority, identifier, fields } = message;
    this.#intake.kernel({ priority, identifier, pid: 0, message: message.message, fields }, facility, monotonicUs);
    return true;
  }
}
