/** Messages with ancillary data: passed descriptors and the sender's credentials (recvmsg(2), cmsg(3), unix(7)). */
import { address } from 'native';
import { AGAIN, type Credentials, type Fd } from '../sys.ts';
import { unixAddress, unixPath } from './address.ts';
import { ERRNO } from './constants.ts';
import { attempt, check, view } from './kernel.ts';
import { credentials } from './sockets.ts';

const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const SCM_CREDENTIALS = 2;
const MSG_PEEK = 0x2;
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const MSG_CMSG_CLOEXEC = 0x40000000;
/** size, level, type */
const CMSG_HEADER_SIZE = 16;
const MESSAGE_SIZE = 56;
const ADDRESS_SIZE = 110;
/** SCM_MAX_FD: what the kernel passes at most in one message. */
const FDS_MAX = 253;
const CREDENTIALS_SIZE = 12;

const aligned = (size: number): number => (size + 7) & ~7;
const CONTROL_SIZE = CMSG_HEADER_SIZE + aligned(4 * FDS_MAX) + CMSG_HEADER_SIZE + aligned(CREDENTIALS_SIZE);

/** struct msghdr; the parts must live until the call is made. */
function header(name: Uint8Array | undefined, vector: Uint8Array, control: Uint8Array | undefined): Uint8Array {
  const bytes = new Uint8Array(MESSAGE_SIZE);
  const at = view(bytes);
  const pointer = (offset: number, to: Uint8Array | undefined) =>
    at.setBigUint64(offset, to === undefined ? 0n : BigInt(address(to)), true);
  pointer(0, name);
  at.setUint32(8, name?.length ?? 0, true);
  pointer(16, vector);
  at.setUint32(24, 1, true);
  pointer(32, control);
  at.setUint32(40, control?.length ?? 0, true);
  return bytes;
}

/** struct iovec */
function vectorOf(bytes: Uint8Array): Uint8Array {
  const vector = new Uint8Array(16);
  view(vector).setBigUint64(0, BigInt(address(bytes)), true);
  view(vector).setUint32(8, bytes.length, true);
  return vector;
}

export interface Received {
  readonly size: number;
  /** The datagram was longer than the buffer; its rest is gone. */
  readonly truncated: boolean;
  readonly credentials?: Credentials;
  readonly fds: Fd[];
  readonly from?: string;
}

function readControl(control: Uint8Array): { credentials?: Credentials; fds: Fd[] } {
  const at = view(control);
  const fds: Fd[] = [];
  let sender: Credentials | undefined;
  for (let offset = 0; offset + CMSG_HEADER_SIZE <= control.length; ) {
    const size = at.getUint32(offset, true);
    if (size < CMSG_HEADER_SIZE || offset + size > control.length) break;
    const data = control.subarray(offset + CMSG_HEADER_SIZE, offset + size);
    const type = at.getInt32(offset + 8, true) === SOL_SOCKET ? at.getInt32(offset + 12, true) : 0;
    if (type === SCM_RIGHTS) for (let i = 0; i + 4 <= data.length; i += 4) fds.push(view(data).getInt32(i, true));
    if (type === SCM_CREDENTIALS && data.length >= CREDENTIALS_SIZE) sender = credentials(data, []);
    offset += aligned(size);
  }
  return sender === undefined ? { fds } : { fds, credentials: sender };
}

export function receive(fd: Fd, into: Uint8Array, also: { readonly peek?: boolean } = {}): Received | null {
  const name = new Uint8Array(ADDRESS_SIZE);
  const control = new Uint8Array(CONTROL_SIZE);
  const vector = vectorOf(into);
  const message = header(name, vector, control);
  const result = attempt('recvmsg', fd, message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | (also.peek ? MSG_PEEK : 0));
  if (result === -ERRNO.EAGAIN) return null;
  const size = check(result, 'receive from', fd);
  const at = view(message);
  const from = unixPath(name.subarray(0, at.getUint32(8, true)));
  return {
    size,
    truncated: (at.getInt32(48, true) & MSG_TRUNC) !== 0,
    ...readControl(control.subarray(0, at.getUint32(40, true))),
    ...(from === undefined ? {} : { from }),
  };
}

function rights(fds: readonly Fd[]): Uint8Array {
  const control = new Uint8Array(CMSG_HEADER_SIZE + aligned(4 * fds.length));
  const at = view(control);
  at.setUint32(0, CMSG_HEADER_SIZE + 4 * fds.length, true);
  at.setInt32(8, SOL_SOCKET, true);
  at.setInt32(12, SCM_RIGHTS, true);
  for (const [i, fd] of fds.entries()) at.setInt32(CMSG_HEADER_SIZE + 4 * i, fd, true);
  return control;
}

export function send(
  fd: Fd,
  bytes: Uint8Array,
  also: { readonly to?: string; readonly fds?: readonly Fd[] } = {},
): number {
  const name = also.to === undefined ? undefined : unixAddress(also.to);
  const control = also.fds === undefined || also.fds.length === 0 ? undefined : rights(also.fds);
  const vector = vectorOf(bytes);
  const result = attempt('sendmsg', fd, header(name, vector, control), MSG_DONTWAIT | MSG_NOSIGNAL);
  return result === -ERRNO.EAGAIN ? AGAIN : check(result, 'send to', also.to ?? fd);
}
