/** Ends TCP connections from outside: sock_diag(7), include/uapi/linux/inet_diag.h. */
import type { SocketEnd } from '../sys.ts';
import { AF_INET, AF_INET6 } from './address.ts';
import { ERRNO, O_CLOEXEC } from './constants.ts';
import { close } from './files.ts';
import { attempt, check, view } from './kernel.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DESTROY = 21;
const NLM_F_REQUEST_ACK = 5;
const IPPROTO_TCP = 6;
const HEADER_SIZE = 16;
/** struct inet_diag_req_v2 */
const REQUEST_SIZE = 56;
const REPLY_SIZE = 256;
const ALL_STATES = 0xffffffff;
const NO_COOKIE = 0xffffffff;

/** @returns false when there is no such connection @throws SysError EOPNOTSUPP of a kernel without INET_DIAG_DESTROY, EPERM */
export function destroyTcp(local: SocketEnd, remote: SocketEnd): boolean {
  const fd = check(attempt('socket', AF_NETLINK, SOCK_RAW | O_CLOEXEC, NETLINK_SOCK_DIAG), 'make a socket');
  try {
    const request = requestFor(local, remote);
    check(attempt('write', fd, request, request.length), 'ask about', 'a connection');
    const reply = new Uint8Array(REPLY_SIZE);
    check(attempt('read', fd, reply, reply.length), 'ask about', 'a connection');
    const error = view(reply).getInt32(HEADER_SIZE, true);
    if (error === -ERRNO.ENOENT) return false;
    check(error, 'end', 'a connection');
    return true;
  } finally {
    close(fd);
  }
}

function requestFor(local: SocketEnd, remote: SocketEnd): Uint8Array {
  const bytes = new Uint8Array(HEADER_SIZE + REQUEST_SIZE);
  const at = view(bytes);
  at.setUint32(0, bytes.length, true);
  at.setUint16(4, SOCK_DESTROY, true);
  at.setUint16(6, NLM_F_REQUEST_ACK, true);
  bytes.set([local.address.length === 4 ? AF_INET : AF_INET6, IPPROTO_TCP], HEADER_SIZE);
  at.setUint32(HEADER_SIZE + 4, ALL_STATES, true);
  at.setUint16(HEADER_SIZE + 8, local.port, false);
  at.setUint16(HEADER_SIZE + 10, remote.port, false);
  bytes.set(local.address, HEADER_SIZE + 12);
  bytes.set(remote.address, HEADER_SIZE + 28);
  at.setUint32(HEADER_SIZE + 48, NO_COOKIE, true);
  at.setUint32(HEADER_SIZE + 52, NO_COOKIE, true);
  return bytes;
}
