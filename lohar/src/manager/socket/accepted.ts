/** A connection that a socket unit took in, and who is at its ends. */
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { instanceName, ipEnd } from '../../unit/socket/listen-address.ts';

export interface Accepted {
  readonly fd: Fd;
  /** Of the service that gets it. */
  readonly instance: string;
  /** What MaxConnectionsPerSource= counts; '' when nobody can tell. */
  readonly source: string;
  /** `127.0.0.1:4711`, '' when there is no more to say than the instance says. */
  readonly peer: string;
  /** REMOTE_ADDR=, REMOTE_PORT= */
  readonly environment: readonly string[];
}

const ADDRESS_SIZE = 128;

function endOf(sys: Sys, call: 'getsockname' | 'getpeername', fd: Fd): Uint8Array {
  const bytes = new Uint8Array(ADDRESS_SIZE);
  const size = new Uint8Array(Int32Array.of(ADDRESS_SIZE).buffer);
  if (sys.attempt(call, fd, bytes, size) < 0) return new Uint8Array(0);
  return bytes.subarray(0, Math.min(ADDRESS_SIZE, new DataView(size.buffer).getInt32(0, true)));
}

/** @returns null when the other end has gone already */
export function describeConnection(sys: Sys, fd: Fd, count: number): Accepted | null {
  const remote = endOf(sys, 'getpeername', fd);
  if (remote.length === 0) return null;
  const end = ipEnd(remote);
  const peer = end === null ? peerOf(sys, fd) : null;
  const instance = instanceName(count, endOf(sys, 'getsockname', fd), remote, peer);
  if (end === null) return { fd, instance, source: peer === null ? '' : `uid ${peer.uid}`, peer: '', environment: [] };
  return {
    ...{ fd, instance, source: end.host },
    peer: end.isV4 ? `${end.host}:${end.port}` : `[${end.host}]:${end.port}`,
    environment: [`REMOTE_ADDR=${end.host}`, `REMOTE_PORT=${end.port}`],
  };
}

function peerOf(sys: Sys, fd: Fd): { pid: number; uid: number } | null {
  try {
    return sys.peerCredentials(fd);
  } catch (error) {
    if (error instanceof SysError) return null;
    throw error;
  }
}
