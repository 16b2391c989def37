/**
 * The usual steps of a child before exec. Each has the exit status that systemd gives when it fails (systemd.exec(5),
 * "Process Exit Codes"). Order matters: namespaces and mounts, then limits, then credentials, then what needs none.
 */
import { type ChildCall, type Fd, SCRATCH_FD } from '../sys.ts';
import * as c from './constants.ts';

/** systemd's exit statuses of steps that failed. */
export const EXITS = {
  CHDIR: 200,
  NICE: 201,
  FDS: 202,
  EXEC: 203,
  LIMITS: 205,
  OOM_ADJUST: 206,
  STDIN: 208,
  CHROOT: 210,
  IOPRIO: 211,
  TIMERSLACK: 212,
  SECUREBITS: 213,
  SETSCHEDULER: 214,
  CPUAFFINITY: 215,
  GROUP: 216,
  USER: 217,
  CAPABILITIES: 218,
  CGROUP: 219,
  SETSID: 220,
  NETWORK: 225,
  NAMESPACE: 226,
  NO_NEW_PRIVILEGES: 227,
  PERSONALITY: 230,
} as const;

const TIOCSCTTY = 0x540e;
const PRIO_PROCESS = 0;
const IOPRIO_WHO_PROCESS = 1;
const SELF = 0;
/** RLIM_INFINITY */
const UNLIMITED = 0xffff_ffff_ffff_ffffn;

const call = (name: ChildCall['call'], exit: number, ...args: ChildCall['args']): ChildCall => ({
  call: name,
  exit,
  args,
});

export const setsid = (): ChildCall => call('setsid', EXITS.SETSID);
/** After setsid. @param slave the terminal, as the parent knows it */
export const controllingTerminal = (slave: Fd): ChildCall =>
  call('ioctl', EXITS.STDIN, { parentFd: slave }, TIOCSCTTY, 0);

/** Groups first, the user last: then the right to set either is gone. */
export function becomeUser(user: { uid: number; gid: number; groups: readonly number[] }): ChildCall[] {
  const { uid, gid, groups } = user;
  const list = new Uint8Array(new Uint32Array(groups).buffer);
  return [
    call('setgroups', EXITS.GROUP, groups.length, groups.length > 0 ? list : 0),
    call('setresgid', EXITS.GROUP, gid, gid, gid),
    call('setresuid', EXITS.USER, uid, uid, uid),
  ];
}

export const chdir = (path: string): ChildCall => call('chdir', EXITS.CHDIR, path);
export const chroot = (path: string): ChildCall => call('chroot', EXITS.CHROOT, path);
export const umask = (mode: number): ChildCall => call('umask', EXITS.EXEC, mode);

/** @param soft and `hard` of setrlimit(2); 'infinity' for none */
export function limit(
  resource: keyof typeof c.RLIMITS,
  soft: number | 'infinity',
  hard: number | 'infinity',
): ChildCall {
  const words = [soft, hard].map((value) => (value === 'infinity' ? UNLIMITED : BigInt(value)));
  const limits = new Uint8Array(new BigUint64Array(words).buffer);
  return call('prlimit64', EXITS.LIMITS, SELF, c.RLIMITS[resource], limits, 0);
}

export const nice = (value: number): ChildCall => call('setpriority', EXITS.NICE, PRIO_PROCESS, SELF, value);

/** Writes a file of /proc/self or of a cgroup: three steps on a descriptor that is free by then. */
export function writeFile(path: string, text: string, exit: number): ChildCall[] {
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return [
    { ...call('close', exit, SCRATCH_FD), optional: true },
    call('openat', exit, c.AT_FDCWD, path, c.O_WRONLY | c.O_CLOEXEC),
    call('write', exit, SCRATCH_FD, bytes, bytes.length),
    call('close', exit, SCRATCH_FD),
  ];
}

/** -1000 (never killed) to 1000. */
export const oomScoreAdjust = (score: number): ChildCall[] =>
  writeFile('/proc/self/oom_score_adj', String(score), EXITS.OOM_ADJUST);

/** @param scheduling class of ioprio_set(2): 1 realtime, 2 best effort, 3 idle; `level` 0 to 7 */
export const ioPriority = (scheduling: number, level: number): ChildCall =>
  call('ioprio_set', EXITS.IOPRIO, IOPRIO_WHO_PROCESS, SELF, (scheduling << 13) | level);

/** @param policy SCHED_* with SCHED_RESET_ON_FORK (sched(7)); `priority` 0 but for fifo and rr */
export const scheduler = (policy: number, priority: number): ChildCall =>
  call('sched_setscheduler', EXITS.SETSCHEDULER, SELF, policy, new Uint8Array(new Int32Array([priority]).buffer));

export function cpuAffinity(cpus: readonly number[]): ChildCall {
  const mask = new Uint8Array(8 * (Math.floor(Math.max(0, ...cpus) / 64) + 1));
  for (const cpu of cpus) mask[cpu >> 3] = (mask[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  return call('sched_setaffinity', EXITS.CPUAFFINITY, SELF, mask.length, mask);
}

/** @param flags CLONE_NEW* */
export const unshare = (flags: number): ChildCall =>
  call('unshare', flags === c.CLONE_NEWNET ? EXITS.NETWORK : EXITS.NAMESPACE, flags);

/** @param namespace an open /proc/PID/ns/... of the parent; `type` its CLONE_NEW* */
export const enterNamespace = (namespace: Fd, type: number): ChildCall =>
  call('setns', EXITS.NAMESPACE, { parentFd: namespace }, type);

export const mount = (source: string, target: string, type: string, flags: number, data: string): ChildCall =>
  call('mount', EXITS.NAMESPACE, source, target, type, flags, data);

export const noNewPrivileges = (): ChildCall =>
  call('prctl', EXITS.NO_NEW_PRIVILEGES, c.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);

/** The child is sent `signal` when its parent ends. Credentials clear it: after becomeUser. */
export const parentDeathSignal = (signal: number): ChildCall =>
  call('prctl', EXITS.EXEC, c.PR_SET_PDEATHSIG, signal, 0, 0, 0);
