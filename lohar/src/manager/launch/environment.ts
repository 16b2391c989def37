/** The environment block of a command. Facts: systemd.exec(5), "Environment"; lines 50 to 57 of the list. */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { globExpression } from '../../unit/condition/compare.ts';
import type { Settings } from '../../unit/directive/tables.ts';
import { mergeEnvironment, withoutEnvironment } from '../../unit/exec/environment.ts';
import { ENVIRONMENT_FILE_SIZE_MAX, parseEnvironmentFile } from '../../unit/exec/environment-file.ts';
import type { CommandRef, ExecStatus, ServiceState } from '../../unit/service/state.ts';
import { signalName } from '../../unit/value/signal.ts';
import { directoryVariables } from './directories.ts';
import { errorText } from './error-text.ts';
import type { Identity } from './identity.ts';

const FILES_MAX = 1024;
const SHELL_LESS = /\/(nologin|false|true)$/;

export interface EnvironmentFacts {
  readonly settings: Settings;
  readonly state: ServiceState;
  readonly role: 'main' | 'control';
  readonly command: CommandRef;
  readonly identity: Identity;
  readonly cgroup: string;
  readonly invocationId: string;
  readonly journalStream: string;
  readonly hasCredentials: boolean;
  readonly unitId: string;
  /** LANG, PATH and what set-environment added. */
  readonly manager: readonly string[];
  /** LISTEN_FDS and the like, MONITOR_ of the unit that triggered this one. */
  readonly extra: readonly string[];
  /** Of PassEnvironment=. */
  readonly passed: readonly string[];
  /** EnvironmentFile= contents, read before. */
  readonly files: readonly string[];
}

/** Empty here: their place in the block counts, and the child fills them in. */
function pidPlaceholders(facts: EnvironmentFacts): string[] {
  return pidVariables(facts).map((name) => `${name}=`);
}

/** Variables that only the child can fill in. */
export function pidVariables(facts: EnvironmentFacts): string[] {
  const watched = facts.role === 'main' && facts.settings.WatchdogSec > 0;
  const listening = facts.extra.some((entry) => entry.startsWith('LISTEN_FDS='));
  return ['SYSTEMD_EXEC_PID', ...(watched ? ['WATCHDOG_PID'] : []), ...(listening ? ['LISTEN_PID'] : [])];
}

export function buildEnvironment(facts: EnvironmentFacts): string[] {
  const { settings, identity } = facts;
  const own = [
    ...ofRun(facts),
    ...ofUser(identity, settings),
    ...(facts.invocationId === '' ? [] : [`INVOCATION_ID=${facts.invocationId}`]),
    ...(settings.TTYPath !== '' || settings.StandardInput.kind.startsWith('tty') ? ['TERM=linux'] : []),
    ...(facts.journalStream === '' ? [] : [`JOURNAL_STREAM=${facts.journalStream}`]),
    ...directoryVariables(settings),
    ...pidPlaceholders(facts),
    ...(facts.hasCredentials ? [`CREDENTIALS_DIRECTORY=/run/credentials/${facts.unitId}`] : []),
    ...pressure(facts),
  ];
  const searchPath = settings.ExecSearchPath.length > 0 ? [`PATH=${settings.ExecSearchPath.join(':')}`] : [];
  const merged = [own, facts.extra, searchPath, facts.passed, settings.Environment, facts.files].reduce<
    readonly string[]
  >((into, more) => mergeEnvironment(into, more), facts.manager);
  return withoutEnvironment(merged, settings.UnsetEnvironment);
}

function ofUser({ user }: Identity, settings: Settings): string[] {
  if (user === null)
    return settings.SetLoginEnvironment === true
      ? ['HOME=/root', 'LOGNAME=root', 'USER=root', 'SHELL=/bin/bash']
      : ['USER=root'];
  const shell = user.shell === '' || SHELL_LESS.test(user.shell) ? [] : [`SHELL=${user.shell}`];
  return [`HOME=${user.home}`, `LOGNAME=${user.name}`, `USER=${user.name}`, ...shell];
}

function ofRun(facts: EnvironmentFacts): string[] {
  const { settings, state, role, command } = facts;
  const control = role === 'control';
  const notifies = control
    ? settings.NotifyAccess === 'all' || settings.NotifyAccess === 'exec'
    : settings.NotifyAccess !== 'none';
  const afterStart = ['ExecStartPost', 'ExecReload', 'ExecStop'].includes(command.kind);
  return [
    ...(notifies ? ['NOTIFY_SOCKET=/run/systemd/notify'] : []),
    ...(afterStart && state.mainPid !== 0 ? [`MAINPID=${state.mainPid}`] : []),
    ...(control && settings.PIDFile !== '' ? [`PIDFILE=${settings.PIDFile}`] : []),
    ...(role === 'main' && settings.WatchdogSec > 0 ? [`WATCHDOG_USEC=${settings.WatchdogSec}`] : []),
    ...(command.kind === 'ExecStop' || command.kind === 'ExecStopPost' ? resultVariables(state, '') : []),
  ];
}

/** SERVICE_RESULT, EXIT_CODE, EXIT_STATUS; `MONITOR_` before them for OnFailure= handlers. */
export function resultVariables(state: ServiceState, prefix: '' | 'MONITOR_'): string[] {
  const { main, result } = state;
  const ended =
    main.code === null ? [] : [`${prefix}EXIT_CODE=${main.code}`, `${prefix}EXIT_STATUS=${statusWord(main)}`];
  return [`${prefix}SERVICE_RESULT=${result}`, ...ended];
}

function statusWord(main: ExecStatus): string {
  return main.code === 'exited' ? String(main.status) : signalName(main.status);
}

/** sched(7) of memory pressure: `some 200000 2000000`, as base64 for the program to write. */
const PRESSURE_WRITE = 'MEMORY_PRESSURE_WRITE=c29tZSAyMDAwMDAgMjAwMDAwMAA=';
function pressure({ settings, cgroup }: EnvironmentFacts): string[] {
  if (!/^(auto|on|yes)$/.test(settings.MemoryPressureWatch))
    return ['MEMORY_PRESSURE_WATCH=/dev/null'].slice(settings.MemoryPressureWatch === 'skip' ? 1 : 0);
  return [`MEMORY_PRESSURE_WATCH=/sys/fs/cgroup${cgroup}/memory.pressure`, PRESSURE_WRITE];
}

export type FilesRead =
  | {
      readonly ok: true;
      readonly entries: readonly string[];
      readonly ignored: readonly { readonly entry: string; readonly path: string }[];
    }
  | { readonly ok: false; readonly why: string };

/** EnvironmentFile=: `-` before a path forgives that it is missing; the last part may be a pattern. */
export function readEnvironmentFiles(
  sys: Pick<Sys, 'readFile' | 'readdir' | 'decode'>,
  patterns: readonly string[],
): FilesRead {
  let entries: string[] = [];
  const ignored: { entry: string; path: string }[] = [];
  for (const pattern of patterns) {
    const optional = pattern.startsWith('-');
    const paths = expandPattern(sys, optional ? pattern.slice(1) : pattern);
    if (paths.length === 0 && !optional) return { ok: false, why: errorText('ENOENT') };
    for (const path of paths) {
      try {
        const file = parseEnvironmentFile(sys.decode(sys.readFile(path, ENVIRONMENT_FILE_SIZE_MAX)));
        ignored.push(...file.invalid.map((entry) => ({ entry, path })));
        entries = mergeEnvironment(entries, file.entries);
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
        if (!optional) return { ok: false, why: errorText(error.code) };
      }
    }
  }
  return { ok: true, entries, ignored };
}

function expandPattern(sys: Pick<Sys, 'readdir'>, pattern: string): string[] {
  if (!/[*?[]/.test(pattern)) return [pattern];
  const folder = pattern.slice(0, pattern.lastIndexOf('/'));
  const expression = globExpression(pattern.slice(pattern.lastIndexOf('/') + 1));
  try {
    const names = sys.readdir(folder === '' ? '/' : folder, FILES_MAX).map((entry) => entry.name);
    return names
      .filter((name) => expression.test(name))
      .sort()
      .map((name) => `${folder}/${name}`);
  } catch (error) {
    if (error instanceof SysError) return [];
    throw error;
  }
}
