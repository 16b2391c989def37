/** Pipes, terminals, memory files, and what is true of any descriptor. */
import { AGAIN, type Fd } from '../sys.ts';
import * as c from './constants.ts';
import { close, open } from './files.ts';
import { attempt, check, view } from './kernel.ts';

// asm-generic/ioctls.h
const TIOCSCTTY = 0x540e;
const TIOCSWINSZ = 0x5414;
const TIOCGWINSZ = 0x5413;
const TIOCSPTLCK = 0x40045431;
const TIOCGPTPEER = 0x5441;
const SPLICE_F_MOVE = 1;
const SPLICE_F_NONBLOCK = 2;
const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const SOCKET_TYPES = { stream: 1, datagram: 2, seqpacket: 5 } as const;
export type SocketType = keyof typeof SOCKET_TYPES;
const AF_UNIX = 1;

/** SOCK_CLOEXEC and SOCK_NONBLOCK are the O_ numbers. */
export const socketType = (type: SocketType): number => SOCKET_TYPES[type] | c.O_CLOEXEC | c.O_NONBLOCK;

function pair(call: (into: Uint8Array) => number, verb: string): [Fd, Fd] {
  const bytes = new Uint8Array(8);
  check(call(bytes), verb);
  return [view(bytes).getInt32(0, true), view(bytes).getInt32(4, true)];
}

export function pipe(): { read: Fd; write: Fd } {
  const [read, write] = pair((into) => attempt('pipe2', into, c.O_CLOEXEC | c.O_NONBLOCK), 'pipe');
  return { read, write };
}

export const socketpair = (type: SocketType): [Fd, Fd] =>
  pair((into) => attempt('socketpair', AF_UNIX, socketType(type), 0, into), 'socketpair');

export function setNonBlocking(fd: Fd, on: boolean): void {
  const flags = check(attempt('fcntl', fd, c.F_GETFL, 0), 'read the flags of', fd);
  const wanted = on ? flags | c.O_NONBLOCK : flags & ~c.O_NONBLOCK;
  if (wanted !== flags) check(attempt('fcntl', fd, c.F_SETFL, wanted), 'set the flags of', fd);
}

export const setCloseOnExec = (fd: Fd, on: boolean): void =>
  void check(attempt('fcntl', fd, c.F_SETFD, on ? c.FD_CLOEXEC : 0), 'set the flags of', fd);

export const dup = (fd: Fd): Fd => check(attempt('fcntl', fd, c.F_DUPFD_CLOEXEC, 3), 'duplicate', fd);

/** Rows, columns, and pixels that nobody uses. */
const structWinsize = (rows: number, cols: number): Uint8Array =>
  new Uint8Array(new Uint16Array([rows, cols, 0, 0]).buffer);

export const setWindowSize = (fd: Fd, rows: number, cols: number): void =>
  void check(attempt('ioctl', fd, TIOCSWINSZ, structWinsize(rows, cols)), 'resize', fd);

export function windowSize(fd: Fd): { rows: number; cols: number } | null {
  const size = new Uint8Array(8);
  if (attempt('ioctl', fd, TIOCGWINSZ, size) < 0) return null;
  return { rows: view(size).getUint16(0, true), cols: view(size).getUint16(2, true) };
}

export function openPty(rows: number, cols: number): { master: Fd; slave: Fd } {
  const master = open('/dev/ptmx', c.O_RDWR | c.O_NONBLOCK);
  try {
    check(attempt('ioctl', master, TIOCSPTLCK, new Uint8Array(4)), 'unlock a terminal');
    setWindowSize(master, rows, cols);
    // The slave without its name: /dev/pts may be another one in this mount namespace.
    const slave = check(attempt('ioctl', master, TIOCGPTPEER, c.O_RDWR | c.O_NOCTTY | c.O_CLOEXEC), 'open a terminal');
    return { master, slave };
  } catch (error) {
    close(master);
    throw error;
  }
}

export const setControllingTty = (fd: Fd): void =>
  void check(attempt('ioctl', fd, TIOCSCTTY, 0), 'take the terminal', fd);

export function splice(from: Fd, to: Fd, max: number): number {
  const size = attempt('splice', from, 0, to, 0, max, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  return size === -c.ERRNO.EAGAIN ? AGAIN : check(size, 'splice', `${from} to ${to}`);
}

export const memfd = (name: string): Fd =>
  check(attempt('memfd_create', name, MFD_CLOEXEC | MFD_ALLOW_SEALING), 'memfd', name);

export const seal = (fd: Fd): void => void check(attempt('fcntl', fd, c.F_ADD_SEALS, c.SEALS), 'seal', fd);
