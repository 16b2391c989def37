/** Where a socket unit listens, and who came: text to addresses of the kernel and back. Facts: systemd.socket(5). Pure. */
import { formatIp, ipv4, ipv6 } from '@bhatti/runtime/linux/ip-text.ts';

export type SocketKind = 'Stream' | 'Datagram' | 'SequentialPacket' | 'FIFO' | 'Special' | 'Netlink';

export type Place =
  | { readonly family: 'ip'; readonly address: Uint8Array; readonly port: number }
  /** A path, or `@name` for an abstract one. */
  | { readonly family: 'unix'; readonly path: string }
  /** A group of messages of the kernel. */
  | { readonly family: 'netlink'; readonly protocol: number; readonly group: number };

export interface Listen {
  readonly kind: SocketKind;
  readonly place: Place;
}

/** Bytes of sun_path. */
const PATH_SIZE = 108;
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
/** linux/netlink.h, by systemd's names; the numbers that have none are not in use. */
const NETLINK: Readonly<Record<string, number>> = {
  ...{ route: 0, firewall: 3, 'inet-diag': 4, nflog: 5, xfrm: 6, selinux: 7, iscsi: 8, audit: 9, 'fib-lookup': 10 },
  ...{ connector: 11, netfilter: 12, 'ip6-fw': 13, dnrtmsg: 14, 'kobject-uevent': 15, generic: 16, scsitransport: 18 },
  ...{ ecryptfs: 19, rdma: 20 },
};
const U32_MAX = 2 ** 32 - 1;
const ANY_V6 = new Uint8Array(16);

function port(text: string): number | null {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= 65_535 ? number : null;
}

/** @returns null when it is no address, 'range' when its port is none */
export function parsePlace(text: string): Place | 'range' | null {
  if (text.startsWith('/') || text.startsWith('@'))
    return text.length < PATH_SIZE ? { family: 'unix', path: text } : null;
  const found = /^\[([^\]]*)\]:(\d+)$/.exec(text) ?? /^([^:]+):(\d+)$/.exec(text);
  const number = port(found?.[2] ?? text);
  if (number === null) return /^\d+$/.test(found?.[2] ?? text) ? 'range' : null;
  // A port alone: all addresses, of IPv4 too.
  if (found === null) return { family: 'ip', address: ANY_V6, port: number };
  const host = found[1] ?? '';
  const address = text.startsWith('[') ? ipv6(host) : ipv4(host);
  return address === null ? null : { family: 'ip', address, port: number };
}

/** 'kobject-uevent 1', the group may be missing. @returns null when it is none */
export function parseNetlink(text: string): Place | null {
  const [, name = '', , digits = '0'] = /^\s*(\S+)(\s+(\d+))?\s*$/.exec(text) ?? [];
  const protocol = Object.hasOwn(NETLINK, name) ? NETLINK[name] : undefined;
  const group = Number(digits);
  return protocol === undefined || group > U32_MAX ? null : { family: 'netlink', protocol, group };
}

export function formatPlace(place: Place): string {
  if (place.family === 'unix') return place.path;
  if (place.family === 'netlink') {
    const name = Object.keys(NETLINK).find((one) => NETLINK[one] === place.protocol);
    return `${name} ${place.group}`;
  }
  const host = formatIp(place.address);
  return place.address.length === 4 ? `${host}:${place.port}` : `[${host}]:${place.port}`;
}

export function familyOf(place: Place): number {
  if (place.family === 'ip') return place.address.length === 4 ? AF_INET : AF_INET6;
  return place.family === 'unix' ? AF_UNIX : AF_NETLINK;
}

/** sockaddr_un, sockaddr_nl, sockaddr_in or sockaddr_in6. @param encode text to bytes, each byte that is no UTF-8 kept */
export function sockaddr(place: Place, encode: (text: string) => Uint8Array): Uint8Array {
  if (place.family === 'unix') {
    const name = encode(place.path);
    const bytes = new Uint8Array(2 + name.length + (place.path.startsWith('@') ? 0 : 1));
    bytes[0] = AF_UNIX;
    bytes.set(name, 2);
    if (place.path.startsWith('@')) bytes[2] = 0;
    return bytes;
  }
  if (place.family === 'netlink') {
    const bytes = new Uint8Array(12);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, AF_NETLINK, true);
    view.setUint32(8, place.group, true);
    return bytes;
  }
  const bytes = new Uint8Array(place.address.length === 4 ? 16 : 28);
  bytes[0] = familyOf(place);
  new DataView(bytes.buffer).setUint16(2, place.port);
  bytes.set(place.address, place.address.length === 4 ? 4 : 8);
  return bytes;
}

/** An end of a connection; null when it is not one over IP. IPv4 within IPv6 is IPv4. */
export function ipEnd(
  bytes: Uint8Array,
): { readonly host: string; readonly port: number; readonly isV4: boolean } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] === AF_INET && bytes.length >= 8)
    return { host: formatIp(bytes.subarray(4, 8)), port: view.getUint16(2), isV4: true };
  if (bytes[0] !== AF_INET6 || bytes.length < 24) return null;
  const address = bytes.subarray(8, 24);
  const isMapped = address.subarray(0, 10).every((byte) => byte === 0) && address[10] === 255 && address[11] === 255;
  const host = formatIp(isMapped ? address.subarray(12) : address);
  return { host, port: view.getUint16(2), isV4: isMapped };
}

/** The instance of the service that gets a connection: a number, both ends. */
export function instanceName(
  count: number,
  local: Uint8Array,
  remote: Uint8Array,
  peer: { pid: number; uid: number } | null,
): string {
  const [here, there] = [ipEnd(local), ipEnd(remote)];
  if (here === null || there === null) return peer === null ? `${count}` : `${count}-${peer.pid}-${peer.uid}`;
  return `${count}-${here.host}:${here.port}-${there.host}:${there.port}`;
}

/** As list-sockets and `show -p Listen` tell the kind. */
export const KIND_OF: Readonly<Record<string, SocketKind>> = {
  ListenStream: 'Stream',
  ListenDatagram: 'Datagram',
  ListenSequentialPacket: 'SequentialPacket',
  ListenFIFO: 'FIFO',
  ListenSpecial: 'Special',
  ListenNetlink: 'Netlink',
};
