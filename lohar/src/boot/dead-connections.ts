/**
 * Connections to the outside that a guest had before it went on in another QEMU, whose network knows nothing of them: who
 * only waits for the other side would wait for ever. Those inside the guest, to itself or to a container, go on.
 */
import { ipv4 } from '@bhatti/runtime/linux/ip-text.ts';
import type { Sys } from '@bhatti/runtime/sys.ts';
import { type SocketRow, socketRows } from '../socket-table.ts';
import { ADDRESS } from './network.ts';

/** TIME_WAIT, CLOSE, LISTEN: nobody waits there for the other side. */
const QUIET = ['06', '07', '0A'];
/** An IPv4 address in a socket for IPv6: ::ffff:0:0/96 (RFC 4291). */
const MAPPED = '0,0,0,0,0,0,0,0,0,0,255,255,';

/** @param table /proc/net/tcp or tcp6 */
export function endDeadConnections(sys: Sys, table: string): void {
  for (const { local, remote } of deadIn(table)) sys.destroyTcp(local, remote);
}

/** Those through the network card to another machine. */
export function deadIn(table: string): SocketRow[] {
  const own = ipv4(ADDRESS)?.join() ?? '';
  const isOwn = (address: Uint8Array): boolean => address.join() === own || address.join() === MAPPED + own;
  return socketRows(table).filter(
    ({ local, remote, state }) => isOwn(local.address) && !isOwn(remote.address) && !QUIET.includes(state),
  );
}
