/**
 * Connections that a machine had before it was saved: nobody is at their other end any more. One that waits for bytes would
 * wait for ever, so each is reset here, as `ss --kill` does (sock_diag(7), SOCK_DESTROY).
 *
 * Those of containers are in namespaces of their own: they learn it when they send something.
 */
import type { Fd, Sys } from '@bhatti/runtime/sys.ts';

const TABLE_SIZE_MAX = 4 * 1024 * 1024;
/** 10.0.2.15, the address of every sandbox (network.ts), as /proc/net/tcp writes it. */
const OWN = '0F02000A';
const LISTEN = '0A';
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 + 0x80000;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DESTROY = 21;
const NLM_F_REQUEST_ACK = 5;
const IPPROTO_TCP = 6;
const NO_COOKIE = 0xffffffff;
const HEADER_SIZE = 16;
const MESSAGE_SIZE = HEADER_SIZE + 56;
const ADDRESS_SIZE = 16;
const ENOENT = -2;

/** Both ends of a connection: address and port in hex, as the kernel's table has them. */
export interface Connection {
  readonly local: readonly [address: string, port: string];
  readonly remote: readonly [address: string, port: string];
}

/** Connections of eth0 with somebody else, in the text of /proc/net/tcp or tcp6. */
export function outerConnections(table: string): Connection[] {
  const found: Connection[] = [];
  for (const line of table.split('\n')) {
    if (!line.includes(OWN)) continue;
    const [, local = '', remote = '', state = ''] = line.split(' ').filter((word) => word !== '');
    const [address = '', port = ''] = local.split(':');
    const [otherAddress = '', otherPort = ''] = remote.split(':');
    if (!address.endsWith(OWN) || otherAddress.endsWith(OWN) || state === LISTEN || otherPort === '0000') continue;
    found.push({ local: [address, port], remote: [otherAddress, otherPort] });
  }
  return found;
}

/** nlmsghdr and inet_diag_req_v2 (linux/inet_diag.h), little endian but for what the network sees. */
export function destroyMessage({ local, remote }: Connection): Uint8Array {
  const message = new Uint8Array(MESSAGE_SIZE);
  const view = new DataView(message.buffer);
  view.setUint32(0, MESSAGE_SIZE, true);
  view.setUint16(4, SOCK_DESTROY, true);
  view.setUint16(6, NLM_F_REQUEST_ACK, true);
  message[HEADER_SIZE] = local[0].length > 8 ? AF_INET6 : AF_INET;
  message[HEADER_SIZE + 1] = IPPROTO_TCP;
  view.setUint32(HEADER_SIZE + 4, 0xffffffff, true); // in whatever state
  const id = HEADER_SIZE + 8;
  for (const [index, [address, port]] of [local, remote].entries()) {
    view.setUint16(id + 2 * index, Number.parseInt(port, 16));
    // Each group of eight digits is one word of the machine's order.
    for (let word = 0; word * 8 < address.length; word += 1) {
      const value = Number.parseInt(address.slice(word * 8, word * 8 + 8), 16);
      view.setUint32(id + 4 + ADDRESS_SIZE * index + 4 * word, value, true);
    }
  }
  view.setUint32(MESSAGE_SIZE - 8, NO_COOKIE, true);
  view.setUint32(MESSAGE_SIZE - 4, NO_COOKIE, true);
  return message;
}

/** @throws Error when the kernel refuses one */
export function resetConnections(sys: Sys): void {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].filter((path) => sys.access(path, 0));
  const all = tables.flatMap((path) => outerConnections(sys.decode(sys.readFile(path, TABLE_SIZE_MAX))));
  if (all.length === 0) return;
  const fd = sys.attempt('socket', AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) throw new Error(`cannot ask the kernel (${fd})`);
  try {
    for (const connection of all) reset(sys, fd, connection);
  } finally {
    sys.close(fd);
  }
}

/** The kernel has answered when the write is done. */
function reset(sys: Sys, fd: Fd, connection: Connection): void {
  sys.write(fd, destroyMessage(connection));
  const answer = new Uint8Array(256);
  const size = sys.read(fd, answer);
  const error = size < HEADER_SIZE + 4 ? -1 : new DataView(answer.buffer).getInt32(HEADER_SIZE, true);
  if (error !== 0 && error !== ENOENT) throw new Error(`cannot reset a connection (${error})`);
}
