/** Starts a user's program: account, environment, file, cgroup, process. */
import { RLIMITS } from '@bhatti/runtime/linux/constants.ts';
import {
  type Fd,
  type Loop,
  type Pid,
  SpawnError,
  type SpawnSpec,
  type Sys,
  SysError,
  type WaitStatus,
} from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Exit } from '@bhatti/wire/messages.ts';
import { SIGKILL, signalName } from '../unit/value/signal.ts';
import type { Account } from './accounts.ts';
import { findCommand, notExecutable, notFound } from './command-path.ts';
import type { AgentContext } from './context.ts';
import type { ProcessTree } from './process-tree.ts';

/** systemd.exec(5) */
const EXIT_CHDIR = 200;
const EXIT_EXEC = 203;
const EXIT_LIMITS = 205;
const EXIT_USER = 217;
const EXIT_STDIN = 208;
const TIOCSCTTY = 0x540e;
const UMASK = 0o022;

/** struct rlimit: what a login gets from systemd 255 (soft 1024, for programs that use select). */
const NOFILE = new Uint8Array(new BigUint64Array([1024n, 524288n]).buffer);

const DEFAULT_USER = 'lohar';
const WORKSPACE = '/workspace';

export interface Command {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  readonly user?: string | undefined;
  /** Present: descriptor 0 becomes the controlling terminal. */
  readonly term?: string | undefined;
}

export interface Launched {
  readonly pid: Pid;
  readonly tree: ProcessTree;
  readonly account: Account;
}

/**
 * @param fds what become descriptors 0, 1 and 2; they stay the caller's
 * @throws BhattiError exec.no-user | exec.not-found | exec.not-executable | exec.bad-directory | internal
 */
export function launch(context: AgentContext, command: Command, fds: readonly [Fd, Fd, Fd]): Launched {
  const { sys, accounts, environment, trees } = context;
  const account = command.user === undefined ? defaultAccount(context) : accounts.find(command.user);
  const env = environment.of(account, command.env, command.term);
  const cwd = command.cwd ?? defaultFolder(context, account);
  const [name = ''] = command.argv;
  if (command.cwd !== undefined && !isFolder(sys, cwd)) throw badDirectory(name, cwd, 'there is no such directory');
  const path = findCommand(sys, name, env.get('PATH') ?? '', cwd);
  const tree = trees.create();
  try {
    const spec: SpawnSpec = {
      path,
      argv: command.argv,
      env: entriesOf(env),
      fds,
      ...(tree.cgroup === null ? {} : { cgroup: tree.cgroup }),
      calls: childCalls(account, cwd, command.term !== undefined),
    };
    const pid = sys.spawn(spec);
    tree.begin(pid);
    return { pid, tree, account };
  } catch (error) {
    tree.release();
    throw error instanceof SpawnError ? explain(error, name, cwd) : error;
  }
}

/** By forEach: an iterator that takes pairs apart costs five calls for each. */
function entriesOf(env: ReadonlyMap<string, string>): string[] {
  const entries: string[] = [];
  env.forEach((value, key) => {
    entries.push(`${key}=${value}`);
  });
  return entries;
}

/** The child is a session leader, so that its group is its own and signals reach what it started. */
function childCalls(account: Account, cwd: string, tty: boolean): SpawnSpec['calls'] {
  const groups = new Uint8Array(Uint32Array.from(account.groups).buffer);
  return [
    { call: 'setsid', args: [], exit: EXIT_USER },
    ...(tty ? [{ call: 'ioctl', args: [0, TIOCSCTTY, 0], exit: EXIT_STDIN } as const] : []),
    { call: 'umask', args: [UMASK], exit: EXIT_USER },
    { call: 'prlimit64', args: [0, RLIMITS.NOFILE, NOFILE, 0], exit: EXIT_LIMITS, optional: true },
    { call: 'setgroups', args: [account.groups.length, groups], exit: EXIT_USER },
    { call: 'setresgid', args: [account.gid, account.gid, account.gid], exit: EXIT_USER },
    { call: 'setresuid', args: [account.uid, account.uid, account.uid], exit: EXIT_USER },
    { call: 'chdir', args: [cwd], exit: EXIT_CHDIR },
  ];
}

/** An image that was one of containers has no such user; /etc/environment says who runs there, and where. */
export function defaultAccount({ accounts, environment }: AgentContext): Account {
  return accounts.find(DEFAULT_USER, () => environment.ofImage('BHATTI_USER') ?? 'root');
}

function defaultFolder({ sys, environment }: AgentContext, account: Account): string {
  const ofImage = account.name === DEFAULT_USER ? WORKSPACE : environment.ofImage('BHATTI_WORKDIR');
  const wanted = ofImage === undefined ? [account.home] : [ofImage, account.home];
  return wanted.find((path) => isFolder(sys, path)) ?? '/';
}

function isFolder(sys: Sys, path: string): boolean {
  try {
    return sys.stat(path).type === 'directory';
  } catch (error) {
    if (error instanceof SysError) return false;
    throw error;
  }
}

/** What a failed step between clone and exec means to the user: execve(2). */
function explain(error: SpawnError, name: string, cwd: string): BhattiError {
  if (error.exit === EXIT_CHDIR) {
    return badDirectory(name, cwd, error.code === 'EACCES' ? 'the user may not enter it' : error.code);
  }
  if (error.exit === EXIT_EXEC) {
    if (error.code === 'ENOENT')
      return notExecutable(name, 'the interpreter in its #! line or its loader does not exist');
    if (error.code === 'ENOEXEC') return notExecutable(name, 'the kernel does not know its format');
    if (error.code === 'EACCES') return notExecutable(name, 'the user may not execute it');
    if (error.code === 'E2BIG')
      return notExecutable(name, 'arguments and environment are longer than the kernel takes');
    if (error.code === 'ENOTDIR') return notFound(name, 'there is no such file');
    return notExecutable(name, error.code);
  }
  return new BhattiError('internal', `cannot run ${name}: ${error.message}`, {
    remedy: 'the sandbox may be out of memory or processes: bhatti inspect shows both',
    cause: error,
  });
}

function badDirectory(name: string, cwd: string, why: string): BhattiError {
  return new BhattiError('exec.bad-directory', `cannot run ${name} in ${cwd}: ${why}`, {
    remedy: 'name a directory that exists and that the user may enter',
  });
}

export function exitOf(status: WaitStatus): Exit {
  return 'code' in status ? { code: status.code } : { signal: `SIG${signalName(status.signal)}` };
}

/** A child of an image of PID 1 before this one that the kernel does not know any more: how it ended is unknown. */
export function endOfLost({ sys, loop }: AgentContext, pid: Pid, ended: (status: WaitStatus) => void): void {
  if (sys.attempt('kill', pid, 0) < 0) loop.defer(() => ended({ pid, signal: SIGKILL, core: false }));
}

/** Ends a tree: `signal` first, SIGKILL for what is still there after `graceMs`. @returns to be called when it is over */
export function endTree(loop: Loop, tree: ProcessTree, signal: number, graceMs: number): () => void {
  tree.signalAll(signal);
  const timer = loop.after(graceMs, () => tree.kill());
  return () => timer.cancel();
}
