/** Children: how they begin, how they end, and signals to any process. */
import { args, environment, spawn as spawnNative } from 'native';
import { type Pid, SpawnError, type SpawnSpec, type WaitStatus } from '../sys.ts';
import { ChildProgram, readOutcome } from './child-program.ts';
import { ERRNO, SIGNALS } from './constants.ts';
import { errnoName } from './errno.ts';
import { attempt, check, view } from './kernel.ts';

const P_ALL = 0;
const P_PID = 1;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x1000000;
const CLD_EXITED = 1;
const CLD_DUMPED = 3;
const SIGINFO_SIZE = 128;
const SIGACTION_SIZE = 32;
const SIGSET_SIZE = 8;
const SIG_IGN = 1n;
/** NGROUPS_MAX */
const GROUPS_MAX = 65536;
/** systemd.exec(5) */
const EXIT_CGROUP = 219;
const EXIT_EXCEPTION = 255;

export const getpid = (): Pid => attempt('getpid');
export const kill = (pid: Pid, signal: number): void => void check(attempt('kill', pid, signal), 'signal', pid);
export const killGroup = (pgid: Pid, signal: number): void =>
  void check(attempt('kill', -pgid, signal), 'signal the group', pgid);

/** Effective ids. */
export function identity(): { uid: number; gid: number; groups: readonly number[] } {
  const groups = new Uint8Array(4 * GROUPS_MAX);
  const count = check(attempt('getgroups', GROUPS_MAX, groups), 'read the groups');
  const at = view(groups);
  return {
    uid: attempt('geteuid'),
    gid: attempt('getegid'),
    groups: Array.from({ length: count }, (_, i) => at.getUint32(4 * i, true)),
  };
}

export function exit(code: number): never {
  for (;;) attempt('exit_group', code);
}

export { args, environment };

export function ignoreSignal(signal: number): void {
  const action = new Uint8Array(SIGACTION_SIZE);
  view(action).setBigUint64(0, SIG_IGN, true);
  check(attempt('rt_sigaction', signal, action, 0, SIGSET_SIZE), 'ignore signal', signal);
}

let ignored: readonly number[] | undefined;

/** Signals that are ignored now, SIGPIPE or what this process was started with. Asked once, at the first spawn. */
function ignoredSignals(): readonly number[] {
  const action = new Uint8Array(SIGACTION_SIZE);
  ignored ??= Object.values(SIGNALS).filter((signal) => {
    action.fill(0);
    attempt('rt_sigaction', signal, 0, action, SIGSET_SIZE);
    return view(action).getBigUint64(0, true) === SIG_IGN;
  });
  return ignored;
}

export function spawn(spec: SpawnSpec): Pid {
  const program = new ChildProgram(spec, ignoredSignals());
  const outcome = new Uint8Array(8);
  const pid = spawnNative(program.pack(), spec.cgroup ?? -1, outcome);
  if (pid < 0) {
    const intoCgroup = spec.cgroup !== undefined && -pid !== ERRNO.EAGAIN && -pid !== ERRNO.ENOMEM;
    const code = errnoName(-pid);
    throw new SpawnError('clone', -pid, code, intoCgroup ? EXIT_CGROUP : EXIT_EXCEPTION);
  }
  const { index, errno } = readOutcome(outcome);
  if (index < 0) return pid;
  wait(P_PID, pid, WEXITED);
  const { what, exit } = program.describe(index);
  throw new SpawnError(what, errno, errnoName(errno), exit, pid);
}

/** waitid(2); null: no child is dead, or there is none. */
function wait(which: number, id: number, options: number): WaitStatus | null {
  const info = new Uint8Array(SIGINFO_SIZE);
  const result = attempt('waitid', which, id, info, options, 0);
  if (result === -ERRNO.ECHILD) return null;
  check(result, 'wait');
  const at = view(info);
  const pid = at.getInt32(16, true);
  if (pid === 0) return null;
  const code = at.getInt32(8, true);
  const status = at.getInt32(24, true);
  return code === CLD_EXITED ? { pid, code: status } : { pid, signal: status, core: code === CLD_DUMPED };
}

/** A dead child that is still there to be reaped. */
export const peekDead = (): WaitStatus | null => wait(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT);
export const reapOne = (pid: Pid): void => void wait(P_PID, pid, WEXITED | WNOHANG);
export const reap = (): WaitStatus | null => wait(P_ALL, 0, WEXITED | WNOHANG);
