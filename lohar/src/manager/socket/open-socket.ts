/** Opens what a socket unit listens on, with all its options. Facts: systemd.socket(5), socket(7), ip(7), tcp(7), netlink(7). */
import { O_CLOEXEC, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } from '@bhatti/runtime/linux/constants.ts';
import { errnoName } from '@bhatti/runtime/linux/errno.ts';
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { familyOf, type Listen, type Place, sockaddr } from '../../unit/socket/listen-address.ts';
import type { SocketSettings } from '../../unit/socket/socket-settings.ts';
import { USEC_PER_SEC } from '../../unit/value/time-span.ts';
import { makeParents } from '../make-parents.ts';

/** asm-generic/socket.h, linux/in.h, linux/in6.h, linux/tcp.h */
const SOL = { socket: 1, ip: 0, tcp: 6, ipv6: 41 } as const;
const TYPES = { Stream: 1, Datagram: 2, Netlink: 3, SequentialPacket: 5 } as const;
/** Kinds to which clients connect. */
const CONNECTED: ReadonlySet<string> = new Set(['Stream', 'SequentialPacket']);
const AF_INET = 2;
const AF_INET6 = 10;
const AT_FDCWD = -100;
const S_IFIFO = 0o010000;
const F_SETPIPE_SZ = 1031;
/** listen(2) takes an int; the kernel has a bound of its own. */
const BACKLOG_MAX = 2 ** 31 - 1;

type Option = readonly [level: number, name: number, value: number];

const seconds = (usec: number): number => Math.floor(usec / USEC_PER_SEC);
const when = (on: boolean, ...option: Option): Option[] => (on ? [option] : []);

/** Those that must be set before the address is bound. */
function early(settings: SocketSettings, family: number, isStream: boolean): Option[] {
  const isIp = family === AF_INET || family === AF_INET6;
  const only = family === AF_INET6 && settings.BindIPv6Only !== 'default';
  return [
    ...when(only, SOL.ipv6, 26, settings.BindIPv6Only === 'ipv6-only' ? 1 : 0),
    ...when(settings.ReusePort, SOL.socket, 15, 1),
    ...when(settings.FreeBind && isIp, SOL.ip, 15, 1),
    ...when(settings.Transparent && isIp, SOL.ip, 19, 1),
    ...when(isIp, SOL.socket, 2, 1),
    ...when(settings.DeferAcceptSec > 0 && isStream && isIp, SOL.tcp, 9, seconds(settings.DeferAcceptSec)),
  ];
}

function late(settings: SocketSettings, family: number, isStream: boolean): Option[] {
  const isIp = family === AF_INET || family === AF_INET6;
  const isTcp = isIp && isStream;
  return [
    ...when(settings.KeepAlive, SOL.socket, 9, 1),
    ...when(settings.KeepAliveTimeSec > 0 && isTcp, SOL.tcp, 4, seconds(settings.KeepAliveTimeSec)),
    ...when(settings.KeepAliveIntervalSec > 0 && isTcp, SOL.tcp, 5, seconds(settings.KeepAliveIntervalSec)),
    ...when(settings.KeepAliveProbes > 0 && isTcp, SOL.tcp, 6, settings.KeepAliveProbes),
    ...when(settings.NoDelay && isTcp, SOL.tcp, 1, 1),
    ...when(settings.Broadcast, SOL.socket, 6, 1),
    ...when(settings.PassCredentials, SOL.socket, 16, 1),
    ...when(settings.PassSecurity, SOL.socket, 34, 1),
    ...when(settings.PassPacketInfo && family === AF_INET, SOL.ip, 8, 1),
    ...when(settings.PassPacketInfo && family === AF_INET6, SOL.ipv6, 49, 1),
    ...when(settings.Priority >= 0, SOL.socket, 12, settings.Priority),
    ...when(settings.ReceiveBuffer > 0, SOL.socket, 33, settings.ReceiveBuffer),
    ...when(settings.SendBuffer > 0, SOL.socket, 32, settings.SendBuffer),
    ...when(settings.Mark >= 0, SOL.socket, 36, settings.Mark),
    ...when(settings.IPTOS >= 0 && isIp, SOL.ip, 1, settings.IPTOS),
    ...when(settings.IPTTL >= 0 && family === AF_INET, SOL.ip, 2, settings.IPTTL),
    ...when(settings.IPTTL >= 0 && family === AF_INET6, SOL.ipv6, 16, settings.IPTTL),
  ];
}

export interface Opening {
  readonly sys: Sys;
  readonly settings: SocketSettings;
  /** An option that the kernel does not take is told and left out. */
  warn(text: string): void;
}

function check(result: number, what: string): number {
  if (result < 0) throw new SysError(what, -result, errnoName(-result));
  return result;
}

function setOptions({ sys, warn }: Opening, fd: Fd, options: readonly Option[]): void {
  for (const [level, name, value] of options) {
    const result = sys.attempt('setsockopt', fd, level, name, new Uint8Array(Int32Array.of(value).buffer), 4);
    if (result < 0) warn(`Setting socket option ${level}/${name} failed, ignoring: ${errnoName(-result)}`);
  }
}

/** @throws SysError */
export function openListen(opening: Opening, listen: Listen): Fd {
  const { kind, place } = listen;
  if (kind === 'FIFO') return openFifo(opening, place);
  if (kind === 'Special') return openSpecial(opening, place);
  return openSocket(opening, place, kind);
}

function openSocket(opening: Opening, place: Place, kind: keyof typeof TYPES): Fd {
  const { sys, settings } = opening;
  const family = familyOf(place);
  const protocol = place.family === 'netlink' ? place.protocol : 0;
  const fd = check(sys.attempt('socket', family, TYPES[kind] | O_CLOEXEC | O_NONBLOCK, protocol), 'make a socket');
  try {
    setOptions(opening, fd, early(settings, family, kind === 'Stream'));
    if (settings.BindToDevice !== '') {
      const name = sys.encode(settings.BindToDevice);
      check(sys.attempt('setsockopt', fd, SOL.socket, 25, name, name.length), 'bind to device');
    }
    bind(opening, fd, place);
    if (CONNECTED.has(kind)) check(sys.attempt('listen', fd, Math.min(settings.Backlog, BACKLOG_MAX)), 'listen');
    setOptions(opening, fd, late(settings, family, kind === 'Stream'));
    if (settings.TCPCongestion !== '' && place.family === 'ip') {
      const name = sys.encode(settings.TCPCongestion);
      sys.attempt('setsockopt', fd, SOL.tcp, 13, name, name.length);
    }
    return fd;
  } catch (error) {
    sys.close(fd);
    throw error;
  }
}

const isNode = (place: Place): boolean => place.family === 'unix' && place.path.startsWith('/');

function bind({ sys, settings }: Opening, fd: Fd, place: Place): void {
  const address = sockaddr(place, (text) => sys.encode(text));
  if (place.family !== 'unix' || !isNode(place)) {
    check(sys.attempt('bind', fd, address, address.length), 'bind');
    return;
  }
  makeParents(sys, place.path, settings.DirectoryMode);
  const before = sys.attempt('umask', 0o777 & ~settings.SocketMode);
  try {
    const first = sys.attempt('bind', fd, address, address.length);
    if (first >= 0) return;
    // What an earlier listener left.
    if (errnoName(-first) === 'EADDRINUSE') sys.attempt('unlinkat', AT_FDCWD, place.path, 0);
    check(sys.attempt('bind', fd, address, address.length), 'bind');
  } finally {
    sys.attempt('umask', before);
  }
}

function openFifo({ sys, settings }: Opening, place: Place): Fd {
  const path = place.family === 'unix' ? place.path : '';
  makeParents(sys, path, settings.DirectoryMode);
  const made = sys.attempt('mknodat', AT_FDCWD, path, S_IFIFO | settings.SocketMode, 0);
  if (made >= 0) sys.chmod(path, settings.SocketMode);
  else if (errnoName(-made) !== 'EEXIST') check(made, 'make a pipe');
  // Open for both, or it would be at its end whenever the last writer goes.
  const fd = sys.open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
  const found = sys.fstat(fd);
  if (found.type !== 'fifo' || found.mode !== settings.SocketMode || found.uid !== 0 || found.gid !== 0) {
    sys.close(fd);
    throw new SysError('open a pipe', 17, 'EEXIST');
  }
  if (settings.PipeSize > 0) sys.attempt('fcntl', fd, F_SETPIPE_SZ, settings.PipeSize);
  return fd;
}

function openSpecial({ sys, settings }: Opening, place: Place): Fd {
  const path = place.family === 'unix' ? place.path : '';
  return sys.open(path, (settings.Writable ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_NOFOLLOW);
}
