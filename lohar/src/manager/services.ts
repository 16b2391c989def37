/** Journal and service manager as PID 1 starts them, in one call. */
import type { Fd, Loop, Sys, WaitStatus } from '@bhatti/runtime/sys.ts';
import { Journal } from '../journal/journal.ts';
import { JournalKeeper } from '../journal/journal-keeper.ts';
import type { Fields } from '../journal/record.ts';
import type { JournalSink, ManagerLine, StreamOrigin } from '../journal/sink.ts';
import type { Kept } from '../kept/kept.ts';
import { readText } from '../read-text.ts';
import { type RunningManager, startManager } from './start-manager.ts';

export interface ServicesHost {
  readonly sys: Sys;
  readonly loop: Loop;
  /** What only the console sees. */
  log(line: string): void;
  power(action: 'poweroff' | 'reboot', force: 0 | 1 | 2): void;
  readonly kept: Kept;
  /** Children that ended while services were left alone. */
  readonly exits: readonly WaitStatus[];
  /** Executes PID 1 anew. */
  again(): void;
}

export interface Services extends RunningManager {
  /** Host name or machine id have changed: a fork became itself. */
  renamed(): void;
  /** The journal is on the disk. */
  sync(): void;
}

const FILE_MAX = 4096;

export function startServices(host: ServicesHost): Services {
  const { sys, loop } = host;
  let invocationOf: (unit: string) => string = () => '';
  const journal = new Journal(sys, loop, {
    base: baseFields(sys),
    invocationOf: (unit) => invocationOf(unit),
    keeper: new JournalKeeper(host.kept),
  });
  journal.start();
  const toConsole = text(sys, '/proc/cmdline').split(' ').includes('systemd.log_target=console');
  const manager = startManager({ ...host, journal: toConsole ? new ConsoleToo(journal, host.log) : journal });
  invocationOf = manager.invocationOf;
  return { ...manager, renamed: () => journal.rename(baseFields(sys)), sync: () => journal.sync() };
}

/** systemd.log_target=console on the kernel's command line: PID 1's own lines are shown there, too. */
class ConsoleToo implements JournalSink {
  readonly #journal: JournalSink;
  readonly #show: (line: string) => void;

  constructor(journal: JournalSink, show: (line: string) => void) {
    this.#journal = journal;
    this.#show = show;
  }

  open(origin: StreamOrigin): Fd {
    return this.#journal.open(origin);
  }

  log(line: ManagerLine): void {
    this.#journal.log(line);
    this.#show(line.message);
  }

  maintain(...args: Parameters<JournalSink['maintain']>): ReturnType<JournalSink['maintain']> {
    return this.#journal.maintain(...args);
  }
}

/** Fields of every message of this machine. */
export function baseFields(sys: Sys): Fields {
  return [
    ['_BOOT_ID', text(sys, '/proc/sys/kernel/random/boot_id').replaceAll('-', '')],
    ['_MACHINE_ID', text(sys, '/etc/machine-id')],
    ['_HOSTNAME', sys.hostname()],
    ['_RUNTIME_SCOPE', 'system'],
  ];
}

const text = (sys: Sys, path: string): string => readText(sys, path, FILE_MAX).trim();
