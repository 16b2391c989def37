/**
 * What host and guest say to each other. The host opens every stream with one request; the guest answers with JSON
 * messages and bytes on numbered channels, and CLOSE ends the stream (with an error, or well).
 *
 *   stream      host sends                     guest sends
 *   prepare     -                              prepared
 *   exec        stdin (0), signal, resize      started, stdout (1), stderr (2), exit
 *   attach      stdin (0), resize, detach      started, stdout (1): replay then live, exit
 *   file.read   -                              stat, content (1)
 *   file.write  content (0), END               stat
 *   tar.read    -                              content (1)
 *   tar.write   content (0), END               (CLOSE)
 *   connect     content (0), END               connected, content (1), END; with `keep` as exec
 *   wake        -                              woken
 *   activity    -                              activity
 *   others      -                              one reply message
 */
import type { ErrorBody } from './errors.ts';

export const PROTOCOL_VERSION = 1;

export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
export type Channel = 0 | 1 | 2;

/** First frame of the host after it connected. A new epoch means: every older stream is gone. */
export interface HostHello {
  readonly version: number;
  /** Random, new for every connection. */
  readonly epoch: string;
  /** 32 random bytes, base64: mixed into the kernel's pool before anything else is done. */
  readonly entropy: string;
  /** Wall clock of the host, ms since 1970, with fractions. */
  readonly timeMs: number;
  /** The agent of this epoch began anew: what it said then, and the streams that the host would go on with. */
  readonly again?: string;
  readonly streams?: readonly HostPoint[];
}

/** Where a host is in a stream. */
export interface HostPoint {
  readonly id: number;
  /** Messages that it received. */
  readonly messages: number;
  /** Bytes that it received on channels 1 and 2, and how many more may come before credit. */
  readonly received: readonly number[];
  readonly windows: readonly number[];
}

/** Where a guest is in a stream; the host sends again what comes after it. */
export interface GuestPoint {
  readonly id: number;
  /** Messages that it obeyed. */
  readonly messages: number;
  /** Bytes of channel 0 that it is done with. */
  readonly received: number;
  /** END of channel 0 came. */
  readonly ended: boolean;
}

/** The guest's answer to HostHello; frames before it belong to an older epoch. */
export interface GuestHello {
  readonly version: number;
  readonly epoch: string;
  /** lohar's version, the same as the host's when the image is current. */
  readonly lohar: string;
  readonly arch: string;
  /** Kernel clock source: a template is refused unless it is tsc (or kvm-clock under kvm). */
  readonly clockSource: string;
  /** Milliseconds since the kernel started. */
  readonly uptimeMs: number;
  /** True when default.target was reached (or there is none to reach). */
  readonly booted: boolean;
  /** What repairs did this hello cause (seed, clock); empty when nothing was to do. */
  readonly report: readonly Step[];
  /** What is wrong with PID 1, for people. */
  readonly trouble?: string;
  /** Streams of the host's list that go on. */
  readonly streams?: readonly GuestPoint[];
  /** Credit that it takes on a channel; 1 MiB where it is not said. */
  readonly windowMax?: number;
}

/** One thing that was done to make a guest right, as `inspect` shows it. */
export interface Step {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly error?: string;
}

/** Everything that makes this guest a sandbox of its own; sent once per fork or cold boot, before any exec. */
export interface PrepareRequest {
  readonly op: 'prepare';
  readonly hostname: string;
  /** 32 hex digits. */
  readonly machineId: string;
  /** aa:bb:cc:dd:ee:ff */
  readonly mac: string;
  /** Name server in the guest's /etc/resolv.conf; absent without a network. */
  readonly dns?: string;
  /** The sandbox's environment, below each request's. */
  readonly env: Readonly<Record<string, string>>;
  /** Grow the root file system to the disk's size. */
  readonly growRoot: boolean;
  /** Wall clock of the host, ms since 1970: a hello to a fork waits in a socket until the machine runs. */
  readonly timeMs?: number;
  /** It had another network before, which knew of its connections. */
  readonly newNetwork?: boolean;
  /** This guest becomes a template: bhatti-fork.target waits for its forks. */
  readonly rehearsal?: boolean;
  /**
   * This guest was prepared already and has waited, stopped, to be taken: its random generator is fed 32 bytes (base64)
   * before anything else, and fork units run once more only where `env` has a variable for them.
   */
  readonly taken?: { readonly entropy: string };
}
export interface Prepared {
  readonly is: 'prepared';
  readonly report: readonly Step[];
}

/** This guest was stopped and runs again: what it has missed. Sent before anything else is asked of it. */
export interface WakeRequest {
  readonly op: 'wake';
  /** Wall clock of the host, ms since 1970. */
  readonly timeMs: number;
  /** How long it was stopped: timers that became due meanwhile fire. */
  readonly sleptMs: number;
  /** 32 random bytes, base64: mixed into the kernel's pool. */
  readonly entropy?: string;
  /** It had another network before, which knew of its connections. */
  readonly newNetwork?: boolean;
}
export interface Woken {
  readonly is: 'woken';
  readonly report: readonly Step[];
}

export interface ExecRequest {
  readonly op: 'exec';
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Defaults to the user's home (or /workspace for lohar when it exists). */
  readonly cwd?: string;
  /** Name or uid; defaults to lohar. */
  readonly user?: string;
  readonly timeoutMs?: number;
  /** False: stdin is /dev/null. */
  readonly stdin: boolean;
  /** Present: a terminal, which is a session that can be detached. */
  readonly tty?: { readonly rows: number; readonly cols: number; readonly term: string };
  /** A session's name; made up (s1, s2 ...) when absent and tty is present. */
  readonly session?: string;
  /** 32 hex digits: when the link is lost, it waits for who says them again (ResumeRequest). */
  readonly keep?: string;
}
/** Goes on with a command, a session or a connection whose host was lost. */
export interface ResumeRequest {
  readonly op: 'resume';
  /** ExecRequest.keep */
  readonly exec: string;
  /** Bytes of its output and of its errors that are there already. */
  readonly received: readonly number[];
}
export interface AttachRequest {
  readonly op: 'attach';
  readonly session: string;
  readonly rows: number;
  readonly cols: number;
  /** As of a command. */
  readonly keep?: string;
}
export interface SessionInfo {
  readonly id: string;
  readonly argv: readonly string[];
  readonly pid: number;
  readonly user: string;
  readonly tty: boolean;
  readonly attached: boolean;
  readonly startedMs: number;
  readonly exit?: Exit;
}
export type Exit =
  | { readonly code: number; readonly timedOut?: boolean }
  | { readonly signal: string; readonly timedOut?: boolean };

export interface FileStat {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  readonly size: number;
  /** Permission bits, as in chmod. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeMs: number;
  readonly target?: string;
}

export type Request =
  | PrepareRequest
  | WakeRequest
  | ExecRequest
  | ResumeRequest
  | AttachRequest
  | { readonly op: 'session.list' }
  | { readonly op: 'session.kill'; readonly session: string; readonly signal: string }
  | { readonly op: 'file.read'; readonly path: string; readonly offset: number; readonly limit?: number }
  | {
      readonly op: 'file.write';
      readonly path: string;
      readonly mode?: number;
      /** Name or uid of the owner; defaults to lohar. */
      readonly user?: string;
    }
  | { readonly op: 'file.list'; readonly path: string }
  | { readonly op: 'file.stat'; readonly path: string }
  | { readonly op: 'file.mkdir'; readonly path: string; readonly parents: boolean; readonly mode?: number }
  | { readonly op: 'file.remove'; readonly path: string; readonly recursive: boolean }
  | { readonly op: 'tar.read'; readonly path: string }
  | { readonly op: 'tar.write'; readonly path: string; readonly user?: string }
  /** `keep` as of a command: it is told of as one, and goes on by ResumeRequest. */
  | { readonly op: 'connect'; readonly port: number; readonly keep?: string }
  /** Does the guest do anything? Asked before it is set aside. */
  | { readonly op: 'activity' }
  /** lohar's own numbers, for inspect and bench. */
  | { readonly op: 'stats' }
  /** fork+exec+wait of /bin/true timed inside the guest, `count` times: the yardstick of the exec benchmark. */
  | { readonly op: 'time-spawn'; readonly count: number }
  | { readonly op: 'power'; readonly action: 'poweroff' | 'reboot' }
  /** Stays open; the guest sends an Event whenever there is one. */
  | { readonly op: 'events' };

/** What the host sends on an open stream besides bytes. */
export type HostMessage =
  | { readonly is: 'signal'; readonly signal: string }
  | { readonly is: 'resize'; readonly rows: number; readonly cols: number }
  | { readonly is: 'detach' };

/** What the guest sends on an open stream besides bytes. */
export type GuestMessage =
  | Prepared
  | Woken
  /** `given`: bytes of input that the command has taken, or that were dropped, of one that is gone on with. */
  | { readonly is: 'started'; readonly pid: number; readonly session?: string; readonly given?: number }
  | { readonly is: 'exit'; readonly exit: Exit }
  | { readonly is: 'sessions'; readonly sessions: readonly SessionInfo[] }
  | { readonly is: 'stat'; readonly stat: FileStat }
  | { readonly is: 'entries'; readonly entries: readonly FileStat[]; readonly truncated: boolean }
  | { readonly is: 'connected' }
  | { readonly is: 'activity'; readonly activity: GuestActivity }
  | { readonly is: 'stats'; readonly stats: GuestStats }
  | { readonly is: 'times'; readonly us: readonly number[] }
  | Event;

export type Event =
  | { readonly is: 'booted' }
  /** Said before the machine goes: without it, a guest that ends has crashed. */
  | { readonly is: 'goodbye'; readonly action: 'poweroff' | 'reboot' };

/** What a guest does at a moment; two of these tell what it did between them. */
export interface GuestActivity {
  /** Processor time since the kernel started, of all processors. */
  readonly processorMs: number;
  readonly uptimeMs: number;
  /** Processes that wait for a disk. */
  readonly blocked: number;
  /** Sessions with a program in the foreground that is no shell at its prompt. */
  readonly jobs: number;
  /** From now to the next moment of a timer unit; absent when none waits. */
  readonly timerMs?: number;
}

export interface GuestStats {
  readonly loharResidentKib: number;
  readonly uptimeMs: number;
  readonly load1: number;
  readonly memoryTotalKib: number;
  readonly memoryAvailableKib: number;
  readonly sessions: number;
}

/** Payload of CLOSE: empty object when all went well. */
export interface CloseBody {
  readonly error?: ErrorBody;
  /** Of stream 0: the agent began anew, and goes on with streams of this epoch; which image of it says so. */
  readonly again?: Again;
}

export interface Again {
  readonly epoch: string;
  readonly image: string;
}
