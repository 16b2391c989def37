/** Sockets: made, connected, accepted, and who is at the other end. */
import { type Credentials, type Fd, SysError } from '../sys.ts';
import { AF_UNIX, internetAddress, unixAddress } from './address.ts';
import { ERRNO, O_CLOEXEC, O_NONBLOCK } from './constants.ts';
import { type SocketType, socketType } from './descriptors.ts';
import { close } from './files.ts';
import { attempt, check, view } from './kernel.ts';

const BACKLOG = 4096;
const SHUT_WR = 1;
// asm-generic/socket.h
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_ERROR = 4;
const SO_PASSCRED = 16;
const SO_PEERCRED = 17;
const SO_PEERGROUPS = 59;
const GROUPS_MAX = 65536;

const int32 = (value: number): Uint8Array => new Uint8Array(new Int32Array([value]).buffer);

/** Closes the socket when it cannot be made what it should be. */
function socket(family: number, type: SocketType, set: (fd: Fd) => void): Fd {
  const fd = check(attempt('socket', family, socketType(type), 0), 'make a socket');
  try {
    set(fd);
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

export function listenUnix(path: string, type: SocketType, mode: number): Fd {
  const address = unixAddress(path);
  return socket(AF_UNIX, type, (fd) => {
    // chmod would come too late: a client could connect in between.
    const before = attempt('umask', 0o777 & ~mode);
    const bound = attempt('bind', fd, address, address.length);
    attempt('umask', before);
    check(bound, 'listen at', path);
    if (type !== 'datagram') check(attempt('listen', fd, BACKLOG), 'listen at', path);
  });
}

export function listenTcp(port: number): Fd {
  const { family, bytes } = internetAddress('0.0.0.0', port);
  return socket(family, 'stream', (fd) => {
    // Connections of a server that ended a minute ago do not keep the port.
    setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    check(attempt('bind', fd, bytes, bytes.length), 'listen on port', port);
    check(attempt('listen', fd, BACKLOG), 'listen on port', port);
  });
}

export function connectUnix(path: string, type: SocketType): Fd {
  const address = unixAddress(path);
  return socket(AF_UNIX, type, (fd) => void check(attempt('connect', fd, address, address.length), 'connect to', path));
}

export function connectTcp(address: string, port: number): Fd {
  const { family, bytes } = internetAddress(address, port);
  return socket(family, 'stream', (fd) => {
    const result = attempt('connect', fd, bytes, bytes.length);
    if (result !== -ERRNO.EINPROGRESS) check(result, 'connect to', `${address}:${port}`);
  });
}

/** @returns bytes that the kernel wrote */
function option(fd: Fd, name: number, into: Uint8Array): Uint8Array {
  const size = int32(into.length);
  check(attempt('getsockopt', fd, SOL_SOCKET, name, into, size), 'read an option of socket', fd);
  return into.subarray(0, view(size).getInt32(0, true));
}

export const setSocketOption = (fd: Fd, level: number, name: number, value: number): void =>
  void check(attempt('setsockopt', fd, level, name, int32(value), 4), 'set an option of socket', fd);

export const socketError = (fd: Fd): number => view(option(fd, SO_ERROR, new Uint8Array(4))).getInt32(0, true);

export function accept(fd: Fd): Fd | null {
  const result = attempt('accept4', fd, 0, 0, O_CLOEXEC | O_NONBLOCK);
  // The client may have gone before it was its turn.
  if (result === -ERRNO.EAGAIN || result === -ERRNO.ECONNABORTED) return null;
  return check(result, 'accept on', fd);
}

export const shutdownWrite = (fd: Fd): void => void check(attempt('shutdown', fd, SHUT_WR), 'shut down', fd);

export const setPassCredentials = (fd: Fd): void => setSocketOption(fd, SOL_SOCKET, SO_PASSCRED, 1);

/** struct ucred */
export function credentials(bytes: Uint8Array, groups: readonly number[]): Credentials {
  const at = view(bytes);
  return { pid: at.getInt32(0, true), uid: at.getUint32(4, true), gid: at.getUint32(8, true), groups };
}

function peerGroups(fd: Fd): number[] {
  for (let count = 32; count <= GROUPS_MAX; count *= 8) {
    try {
      const bytes = option(fd, SO_PEERGROUPS, new Uint8Array(4 * count));
      return Array.from({ length: bytes.length / 4 }, (_, i) => view(bytes).getUint32(4 * i, true));
    } catch (error) {
      if (!(error instanceof SysError) || error.errno !== ERRNO.ERANGE) throw error;
    }
  }
  return [];
}

export const peerCredentials = (fd: Fd): Credentials =>
  credentials(option(fd, SO_PEERCRED, new Uint8Array(12)), peerGroups(fd));
