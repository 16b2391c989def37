/**
 * What lohar and keeper ask of the kernel. The real one is linux/linux-sys.ts (raw system calls through native/).
 * Everything is non-blocking; a call that fails throws SysError.
 *
 * Strings that come from the kernel (paths, argv, lines) may hold bytes that are no UTF-8: they are decoded with each
 * such byte as a lone surrogate U+DC80..U+DCFF and encoded back to the same byte, so that nothing is ever lost.
 */

import type { CallName } from './linux/numbers.ts';

export type Fd = number;
export type Pid = number;

export class SysError extends Error {
  /** 'ENOENT' */
  readonly code: string;
  readonly errno: number;
  /** 'open /etc/passwd' */
  readonly call: string;
  constructor(call: string, errno: number, code: string) {
    super(`${call}: ${code}`);
    this.name = 'SysError';
    this.call = call;
    this.errno = errno;
    this.code = code;
  }
}

/** read() found nothing yet (EAGAIN); 0 is the end. */
export const AGAIN = -1;

export interface Stat {
  readonly type: 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'char' | 'block';
  /** Permission bits with suid, sgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly nlink: number;
  /** `${device}:${inode}`: the file's identity. */
  readonly id: string;
}

/** One end of a TCP connection, or a socket of UDP: an address of four or sixteen bytes. */
export interface SocketEnd {
  readonly address: Uint8Array;
  readonly port: number;
}

export interface Credentials {
  readonly pid: Pid;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, where the kernel tells (SO_PEERGROUPS). */
  readonly groups: readonly number[];
}

/** How a child ended. */
export type WaitStatus =
  | { readonly pid: Pid; readonly code: number }
  | { readonly pid: Pid; readonly signal: number; readonly core: boolean };

/**
 * One system call that the child makes between clone and exec, in order, after its descriptors stand where `fds` wants
 * them. Arguments are numbers, strings (passed as NUL-terminated C strings), byte arrays (passed by address), or a
 * descriptor of the parent. When it fails, the child ends, `spawn` throws SpawnError and `exit` is the status a service
 * manager would show (systemd.exec(5)). linux/child-calls.ts makes the usual ones.
 */
export interface ChildCall {
  readonly call: CallName;
  readonly args: readonly ChildArgument[];
  /** systemd's exit status for this step, e.g. 200 CHDIR, 216 GROUP, 217 USER. */
  readonly exit: number;
  /** True: a failure does not matter. */
  readonly optional?: boolean;
}

export type ChildArgument = number | string | Uint8Array | { readonly parentFd: Fd } | typeof SCRATCH_FD;
/** The number that an open in the child will get, provided SCRATCH_FD was closed before: the first behind `fds`. */
export const SCRATCH_FD = { scratchFd: true } as const;

export interface SpawnSpec {
  /** Absolute path; nothing is looked up. */
  readonly path: string;
  readonly argv: readonly string[];
  /** `NAME=value` */
  readonly env: readonly string[];
  /** Variables that hold the child's own pid (LISTEN_PID ...), where `env` has them empty or at its end. Needs /proc. */
  readonly pidVariables?: readonly string[];
  /** fds[n] becomes descriptor n of the child; all others are closed. */
  readonly fds: readonly Fd[];
  /** Directory descriptor of the cgroup to be born in (clone3 CLONE_INTO_CGROUP). */
  readonly cgroup?: Fd;
  /** Made in order before exec: setsid, terminal, credentials, limits, namespaces ... */
  readonly calls: readonly ChildCall[];
}

export class SpawnError extends SysError {
  /** systemd's exit status for the step that failed; 203 when exec itself did. */
  readonly exit: number;
  /** Of the child that ended; 0 when there was none. It is reaped already. */
  readonly pid: Pid;
  constructor(call: string, errno: number, code: string, exit: number, pid: Pid = 0) {
    super(call, errno, code);
    this.name = 'SpawnError';
    this.exit = exit;
    this.pid = pid;
  }
}

export interface DirEntry {
  readonly name: string;
  readonly type: Stat['type'] | 'unknown';
}

export interface Sys {
  // --- files
  /** `flags` are the O_* of linux/constants.ts; O_CLOEXEC is always added. */
  open(path: string, flags: number, mode?: number): Fd;
  close(fd: Fd): void;
  /** @returns bytes read, 0 at the end, AGAIN */
  read(fd: Fd, into: Uint8Array): number;
  /**
   * read() that also writes what came to the file `copy`, so that an end of the process in between loses nothing: byte `n`
   * at 4096 + n % ring, and how many came so far (`count` and these) as 64 bits, in the machine's order, to its beginning.
   */
  readKept(fd: Fd, into: Uint8Array, copy: Fd, count: number, ring: number): number;
  /** writeMany() that also writes to the file `copy`, behind the count of readKept(), how many bytes were written so far. */
  writeKept(fd: Fd, from: Uint8Array, copy: Fd, count: number): number;
  /** @returns bytes written, AGAIN */
  write(fd: Fd, from: Uint8Array): number;
  /**
   * read() until `into` is full or nothing more comes: a virtio-serial port gives a page a call. @returns as read(); the
   * end, AGAIN or an error that comes after some bytes is told by the next call
   */
  readMany(fd: Fd, into: Uint8Array): number;
  /** write() until all is written or nothing more is taken; as readMany(). */
  writeMany(fd: Fd, from: Uint8Array): number;
  pread(fd: Fd, into: Uint8Array, offset: number): number;
  pwrite(fd: Fd, from: Uint8Array, offset: number): number;
  /** A whole small file (proc, sysfs, config). @throws SysError EFBIG when it has more than `limit` bytes */
  readFile(path: string, limit: number): Uint8Array;
  /** Not atomic: for proc, sysfs, cgroup and log files. */
  writeFile(path: string, content: Uint8Array | string, also?: { mode?: number; append?: boolean }): void;
  /** Temporary file beside it, fsync, rename, fsync of the folder. */
  writeFileAtomic(path: string, content: Uint8Array, also?: { mode?: number; uid?: number; gid?: number }): void;
  stat(path: string): Stat;
  lstat(path: string): Stat;
  fstat(fd: Fd): Stat;
  /** A text that differs when the file at the end of the path does; null without one, '' when it changed after `settledMs`. */
  stamp(path: string, settledMs: number): string | null;
  /** At most `limit` entries, in the file system's order, without . and .. */
  readdir(path: string, limit: number): DirEntry[];
  readlink(path: string): string;
  symlink(target: string, path: string): void;
  link(from: string, to: string): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  rmdir(path: string): void;
  mkdir(path: string, mode: number): void;
  chmod(path: string, mode: number): void;
  /** Follows no symlink. */
  chown(path: string, uid: number, gid: number): void;
  fchmod(fd: Fd, mode: number): void;
  fchown(fd: Fd, uid: number, gid: number): void;
  ftruncate(fd: Fd, size: number): void;
  fsync(fd: Fd): void;
  /** Follows no symlink. */
  utimes(path: string, atimeMs: number, mtimeMs: number): void;
  /** `mode` of R_OK, W_OK, X_OK. */
  access(path: string, mode: number): boolean;
  realpath(path: string): string;
  /** `type` is the file system's magic number (linux/magic.h). */
  statfs(path: string): { blockSize: number; blocks: number; free: number; available: number; type: number };
  /** A descriptor that becomes readable when a watched path changes; read() gives struct inotify_event (inotify(7)). */
  inotify(): Fd;
  /** `mask` of IN_*. @returns the watch's number, the `wd` of its events */
  inotifyAdd(fd: Fd, path: string, mask: number): number;
  inotifyRemove(fd: Fd, watch: number): void;

  // --- descriptors
  pipe(): { read: Fd; write: Fd };
  socketpair(type: 'stream' | 'datagram' | 'seqpacket'): [Fd, Fd];
  openPty(rows: number, cols: number): { master: Fd; slave: Fd };
  setWindowSize(fd: Fd, rows: number, cols: number): void;
  /** Makes the terminal the controlling one of this session leader. */
  setControllingTty(fd: Fd): void;
  /** null: no terminal. */
  windowSize(fd: Fd): { rows: number; cols: number } | null;
  /** Both ends non-blocking unless the child is to have it. */
  setNonBlocking(fd: Fd, on: boolean): void;
  /** Every descriptor is made with FD_CLOEXEC; off: it survives an execve of this process. */
  setCloseOnExec(fd: Fd, on: boolean): void;
  dup(fd: Fd): Fd;
  /** Moves up to `max` bytes between descriptors in the kernel, one of them a pipe. @returns bytes, 0, AGAIN */
  splice(from: Fd, to: Fd, max: number): number;
  /** A file in memory that can be sealed (MFD_ALLOW_SEALING), mode 0777 so that another uid may open it through /proc. */
  memfd(name: string): Fd;
  /** F_SEAL_SEAL|SHRINK|GROW|WRITE: from now on nobody can change it. @throws SysError EBUSY while someone maps it shared and writable */
  seal(fd: Fd): void;

  // --- sockets
  /** A path, or `@name` for an abstract one. `mode` is the socket file's; what lies there already is not removed. */
  listenUnix(path: string, type: 'stream' | 'datagram' | 'seqpacket', mode: number): Fd;
  /** On all of the machine's IPv4 addresses. */
  listenTcp(port: number): Fd;
  connectUnix(path: string, type: 'stream' | 'datagram' | 'seqpacket'): Fd;
  /** Begins a TCP connection; writable when done, then `socketError`. */
  connectTcp(address: string, port: number): Fd;
  /** @returns 0 or an errno */
  socketError(fd: Fd): number;
  /** @returns null when none waits */
  accept(fd: Fd): Fd | null;
  shutdownWrite(fd: Fd): void;
  peerCredentials(fd: Fd): Credentials;
  setPassCredentials(fd: Fd): void;
  /**
   * A datagram or stream part with the sender's credentials and passed descriptors; `peek` leaves it there.
   *
   * @returns null when none waits
   */
  receive(
    fd: Fd,
    into: Uint8Array,
    also?: { peek?: boolean },
  ): { size: number; truncated: boolean; credentials?: Credentials; fds: Fd[]; from?: string } | null;
  /** @returns bytes sent, AGAIN */
  send(fd: Fd, bytes: Uint8Array, also?: { to?: string; fds?: readonly Fd[] }): number;

  // --- processes
  /** Returns once the child has exec'd. @throws SpawnError */
  spawn(spec: SpawnSpec): Pid;
  /** One dead child, orphans included; null when no more are dead. */
  reap(): WaitStatus | null;
  kill(pid: Pid, signal: number): void;
  killGroup(pgid: Pid, signal: number): void;
  getpid(): Pid;
  /** Effective user and group, supplementary groups of this process. */
  identity(): { readonly uid: number; readonly gid: number; readonly groups: readonly number[] };
  /** Ends this process at once; output is the caller's to have written. */
  exit(code: number): never;

  // --- time and randomness
  /** ms since the kernel started, with fractions (CLOCK_MONOTONIC). */
  monotonicMs(): number;
  /** ms since 1970, with fractions. */
  realtimeMs(): number;
  /** The processor's own counter (TSC on x86-64, generic timer on arm64), to compare with the clocks. */
  cycles(): number;
  setRealtime(ms: number): void;
  random(size: number): Uint8Array;
  /** RNDADDENTROPY and RNDRESEEDCRNG. */
  reseed(entropy: Uint8Array): void;

  // --- machine
  mount(source: string, target: string, type: string, flags: number, data: string): void;
  unmount(target: string, flags: number): void;
  sethostname(name: string): void;
  hostname(): string;
  sync(): void;
  syncFs(fd: Fd): void;
  reboot(action: 'poweroff' | 'reboot' | 'halt'): never;
  /** Resizes a mounted ext4 to `blocks` file-system blocks (EXT4_IOC_RESIZE_FS). */
  resizeExt4(mountpoint: string, blocks: number): void;
  /** Interface: MAC, address, route; all by ioctl. */
  setMac(name: string, mac: string): void;
  setAddress(name: string, address: string, prefix: number): void;
  setUp(name: string): void;
  addDefaultRoute(gateway: string): void;
  /** Both programs at its ends learn that a connection is over. False when there is none. */
  destroyTcp(local: SocketEnd, remote: SocketEnd): boolean;

  // --- bytes
  /** Looks at every step-th byte from index `from` on. @returns the first index where it is `byte`, or -1 */
  probe(bytes: Uint8Array, byte: number, from: number, step: number): number;
  /**
   * Writes frames that lie in memory, `count` of `size` bytes each that begin `stride` apart. It ends early at one that
   * holds `byte` `run` times in a row, and when less is taken.
   *
   * @returns bytes written, maybe of a part of the last frame; an error is told by the next call of write()
   */
  writeFrames(
    to: Fd,
    bytes: Uint8Array,
    count: number,
    stride: number,
    size: number,
    byte: number,
    run: number,
  ): number;

  // --- text
  /** Bad bytes become lone surrogates U+DC80..U+DCFF. */
  decode(bytes: Uint8Array): string;
  /** The way back; nothing is lost. */
  encode(text: string): Uint8Array<ArrayBuffer>;

  // --- all other system calls
  /** @returns the result or -errno. Strings go as C strings, bytes by their address; they live until the call returns. */
  attempt(call: CallName, ...args: readonly (number | bigint | string | Uint8Array | undefined)[]): number;
  /** For structures that hold pointers; valid as long as `bytes` lives. */
  addressOf(bytes: Uint8Array): number;
}

/** Readiness, timers and child deaths; one thread, callbacks run to their end. */
export interface Loop {
  /** Calls `on` while `fd` is ready; an error or hang-up counts as readable. */
  watch(fd: Fd, interest: Interest, on: (ready: { in: boolean; out: boolean; hangup: boolean }) => void): Watch;
  /** CLOCK_MONOTONIC. */
  after(ms: number, run: () => void): Timer;
  /** CLOCK_REALTIME: fires early or late with the clock when it is stepped. */
  at(realtimeMs: number, run: () => void): Timer;
  /** Somebody set the clock; told only while a timer of `at` waits. @returns stops it */
  onClockSet(run: () => void): () => void;
  /** Runs after the current callback. */
  defer(run: () => void): void;
  /** Once, when this child ended and was reaped. */
  onExit(pid: Pid, run: (status: WaitStatus) => void): void;
  /** Every reaped child, known or orphan. */
  onReap(run: (status: WaitStatus) => void): void;
  onSignal(signal: number, run: () => void): void;
}
/**
 * 'none' reports nothing, not even a hang-up. 'edge' and 'edge-in' report each change once (EPOLLET; of both directions,
 * or of in alone): a virtio-serial port without a host hangs up for ever and would wake a level-triggered loop without
 * end.
 */
/** `exceptional`: out-of-band data, or what a file of /proc tells of its changes. */
export type Interest = 'none' | 'in' | 'out' | 'both' | 'edge' | 'edge-in' | 'exceptional';
export interface Watch {
  set(interest: Interest): void;
  /** Forgets the descriptor; does not close it. */
  stop(): void;
}
export interface Timer {
  cancel(): void;
}
