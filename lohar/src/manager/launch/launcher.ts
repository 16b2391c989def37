/** Runs one command of a service: everything its settings ask for, then exec inside its cgroup. */

import { controllingTerminal, setsid, umask } from '@bhatti/runtime/linux/child-calls.ts';
import { X_OK } from '@bhatti/runtime/linux/constants.ts';
import { type ChildCall, type Fd, SpawnError, type Sys } from '@bhatti/runtime/sys.ts';
import type { JournalSink } from '../../journal/sink.ts';
import type { Settings } from '../../unit/directive/tables.ts';
import type { Command } from '../../unit/exec/command.ts';
import { expandArguments } from '../../unit/exec/expand.ts';
import type { Unit } from '../../unit/graph/unit.ts';
import type { Priority } from '../../unit/model.ts';
import type { CommandRef, ServiceState } from '../../unit/service/state.ts';
import type { Accounts } from '../accounts.ts';
import type { Launched } from '../service-world.ts';
import type { Passed } from '../unit-runner.ts';
import { hasCredentials, writeCredentials } from './credentials.ts';
import { makeDirectories } from './directories.ts';
import { buildEnvironment, type EnvironmentFacts, pidVariables, readEnvironmentFiles } from './environment.ts';
import { errorText } from './error-text.ts';
import { type Identity, identityOf, privilegedBeside } from './identity.ts';
import { passedEnvironment } from './passed-environment.ts';
import { privilegeCalls } from './privileges.ts';
import { ignorePipe, limitCalls, schedulingCalls } from './process-limits.ts';
import { sandboxCalls } from './sandbox.ts';
import { openStdio, type StandardFds } from './stdio.ts';
import { EXIT_NAMESPACE, StepFailed } from './step-failed.ts';

const EXIT_CHDIR = 200;
const EXIT_EXEC = 203;
const SEARCH_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

export interface LaunchContext {
  readonly unit: Unit;
  readonly role: 'main' | 'control';
  readonly ref: CommandRef;
  readonly state: ServiceState;
  /** Absolute path of the unit's cgroup below the root of all. */
  readonly cgroup: string;
  readonly cgroupFd: Fd;
  readonly slice: string;
  readonly managerEnvironment: readonly string[];
  readonly extraEnvironment: readonly string[];
  readonly passed: Passed;
  readonly privateTmp: { tmp: string; varTmp: string } | null;
}

type Say = (unit: Unit, priority: Priority, text: string) => void;

/** Where systemd's manager speaks, and where the child that it has forked does. */
export interface LaunchLog {
  readonly manager: Say;
  readonly child: Say;
}

/** With a socket as its standard streams a service gets no others. */
function passedFds({ StandardInput, StandardOutput, StandardError }: Settings, { fds }: Passed): Fd[] {
  const isStream = [StandardInput, StandardOutput, StandardError].some(({ kind }) => kind === 'socket');
  return isStream ? [] : fds.map(({ fd }) => fd);
}

/** sd_listen_fds(3); LISTEN_PID= is the child's to fill in. */
function listenVariables(settings: Settings, passed: Passed): string[] {
  const count = passedFds(settings, passed).length;
  return count === 0 ? [] : [`LISTEN_FDS=${count}`, `LISTEN_FDNAMES=${passed.fds.map(({ name }) => name).join(':')}`];
}

export class Launcher {
  readonly #sys: Sys;
  readonly #journal: JournalSink;
  readonly #accounts: Accounts;
  readonly #say: LaunchLog;

  constructor(sys: Sys, journal: JournalSink, accounts: Accounts, log: LaunchLog) {
    this.#sys = sys;
    this.#journal = journal;
    this.#accounts = accounts;
    this.#say = log;
  }

  launch(context: LaunchContext): Launched {
    const { unit, ref } = context;
    const settings = unit.config.settings;
    const written = settings[ref.kind][ref.index];
    if (written === undefined) return { ok: false, why: 'No such command' };
    const command = privilegedBeside(ref.kind, written, settings);
    const files = readEnvironmentFiles(this.#sys, settings.EnvironmentFile);
    if (!files.ok) {
      this.#say.manager(unit, 4, `Failed to load environment files: ${files.why}`);
      return { ok: false, why: files.why };
    }
    for (const { entry, path } of files.ignored)
      this.#say.manager(unit, 4, `Ignoring invalid environment assignment '${entry}': ${path}`);
    try {
      return this.#prepareAndSpawn(context, settings, command, files.entries);
    } catch (error) {
      if (error instanceof StepFailed) return this.#failed(context, error);
      if (error instanceof SpawnError) return this.#spawnFailed(error);
      throw error;
    }
  }

  #prepareAndSpawn(context: LaunchContext, settings: Settings, command: Command, files: readonly string[]): Launched {
    const sys = this.#sys;
    const identity = identityOf(context.unit.id, settings, command, this.#accounts);
    const full = command.privileges === '+';
    const stdio = this.#stdio(context, settings, command);
    for (const { fd } of context.passed.fds) sys.setNonBlocking(fd, settings.NonBlocking);
    try {
      makeDirectories(sys, settings, identity);
      if (hasCredentials(settings)) writeCredentials(sys, context.unit.id, settings, identity);
      const facts = this.#facts(context, settings, identity, stdio, files);
      const env = buildEnvironment(facts);
      const path = this.#programPath(command, settings);
      const pid = sys.spawn({
        path,
        argv: this.#arguments(context.unit, command, env),
        env,
        pidVariables: pidVariables(facts).filter((name) => !settings.UnsetEnvironment.includes(name)),
        fds: [...stdio.fds, ...passedFds(settings, context.passed)],
        cgroup: context.cgroupFd,
        calls: this.#calls(context, settings, identity, stdio, full),
      });
      return { ok: true, pid, executed: true };
    } finally {
      stdio.close();
    }
  }

  #stdio(context: LaunchContext, settings: Settings, command: Command): StandardFds {
    const { unit, ref, role } = context;
    if (unit.streams.length === 3 && role === 'main')
      return { fds: unit.streams, journalStream: '', terminal: false, close: () => {} };
    const useInput =
      role === 'main' || ['ExecCondition', 'ExecStartPre', 'ExecStart', 'ExecStopPost'].includes(ref.kind);
    return openStdio(this.#sys, this.#journal, settings, {
      unitId: unit.id,
      invocationId: unit.invocationId,
      slice: context.slice,
      cgroup: context.cgroup,
      program: command.path,
      useInput,
      passed: new Map(context.passed.fds.map(({ name, fd }) => [name, fd])),
    });
  }

  #facts(
    context: LaunchContext,
    settings: Settings,
    identity: Identity,
    stdio: StandardFds,
    files: readonly string[],
  ): EnvironmentFacts {
    const { unit, role, ref, state, cgroup } = context;
    return {
      settings,
      state,
      role,
      command: ref,
      identity,
      cgroup,
      unitId: unit.id,
      invocationId: unit.invocationId,
      journalStream: stdio.journalStream,
      hasCredentials: hasCredentials(settings),
      manager: context.managerEnvironment,
      extra: [...context.extraEnvironment, ...context.passed.environment, ...listenVariables(settings, context.passed)],
      passed: passedEnvironment(this.#sys, settings.PassEnvironment),
      files,
    };
  }

  #arguments(unit: Unit, command: Command, env: readonly string[]): readonly string[] {
    if (command.noExpand) return command.argv;
    const byName = new Map(
      env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const),
    );
    const { argv, unset, invalid } = expandArguments(command.argv, byName);
    if (unset.length > 0)
      this.#say.child(
        unit,
        4,
        `Referenced but unset environment variable evaluates to an empty string: ${unset.join(', ')}`,
      );
    if (invalid.length > 0)
      this.#say.child(unit, 4, `Invalid environment variable name evaluates to an empty string: ${invalid.join(', ')}`);
    return argv;
  }

  /** A bare name is looked for where ExecSearchPath= or the default path says. @throws StepFailed 203 */
  #programPath(command: Command, settings: Settings): string {
    if (command.path.startsWith('/')) return command.path;
    const folders = settings.ExecSearchPath.length > 0 ? settings.ExecSearchPath : SEARCH_PATH;
    const root = settings.RootDirectory;
    const found = folders.find((folder) => this.#sys.access(`${root}${folder}/${command.path}`, X_OK));
    if (found === undefined)
      throw new StepFailed(EXIT_EXEC, `Failed to locate executable ${command.path}: ${errorText('ENOENT')}`);
    return `${found}/${command.path}`;
  }

  #calls(
    context: LaunchContext,
    settings: Settings,
    identity: Identity,
    stdio: StandardFds,
    full: boolean,
  ): ChildCall[] {
    const terminal =
      stdio.terminal && stdio.fds[0] !== undefined ? [{ ...controllingTerminal(stdio.fds[0]), optional: true }] : [];
    const sandboxed = full ? [] : sandboxCalls(this.#sys, settings, context.privateTmp);
    const home = identity.user?.home ?? '/root';
    const directory = settings.WorkingDirectory;
    const cwd = directory.path === '~' ? home : directory.path || '/';
    return [
      // In the group of PID 1 mount(8) goes past the trap of its own automount, which waits for it.
      ...(settings.Mount === null ? [setsid()] : []),
      ...terminal,
      umask(settings.UMask),
      ...schedulingCalls(settings),
      ...(settings.IgnoreSIGPIPE ? [ignorePipe()] : []),
      ...limitCalls(settings),
      ...sandboxed,
      ...privilegeCalls(settings, identity, full),
      { call: 'chdir', exit: EXIT_CHDIR, args: [cwd], optional: directory.missingOk },
    ];
  }

  /** Something before exec failed here, in PID 1: a child that ends in the same way stands for it. */
  #failed(context: LaunchContext, error: StepFailed): Launched {
    const why = error.exit === EXIT_EXEC ? null : error.message;
    return { ok: true, pid: this.#standIn(context, error.exit), executed: false, status: error.exit, why };
  }

  /** A process is born into the cgroup and ends with this status, so that a pid is known for it. */
  #standIn(context: LaunchContext, exit: number): number {
    try {
      return this.#sys.spawn({
        path: '/',
        argv: [],
        env: [],
        fds: [],
        cgroup: context.cgroupFd,
        calls: [{ call: 'close', exit, args: [-1] }],
      });
    } catch (error) {
      if (error instanceof SpawnError) return error.pid;
      throw error;
    }
  }

  /** That a program is missing is said by its status alone, as under systemd. */
  #spawnFailed(error: SpawnError): Launched {
    if (error.pid === 0) return { ok: false, why: errorText(error.code) };
    const why = error.exit === EXIT_EXEC ? null : `${failedStep(error)}: ${errorText(error.code)}`;
    return { ok: true, pid: error.pid, executed: false, status: error.exit, why };
  }
}

/** In systemd's words. */
function failedStep({ exit, call }: SpawnError): string {
  if (exit === EXIT_CHDIR) return 'Changing to the requested working directory failed';
  if (exit !== EXIT_NAMESPACE) return `${call} failed`;
  const [, path] = /^\S+ (.*)$/s.exec(call) ?? [];
  return `Failed to set up mount namespacing${path === undefined ? '' : `: ${path}`}`;
}
