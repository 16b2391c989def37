/** Socket addresses as the kernel wants them (unix(7), ip(7), ipv6(7)). */
import { decodeLossless, encodeLossless } from 'native';
import { SysError } from '../sys.ts';
import { ERRNO } from './constants.ts';
import { ipv4, ipv6 } from './ip-text.ts';
import { view } from './kernel.ts';

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
/** Bytes of sun_path. */
const UNIX_PATH_SIZE = 108;

/** @throws SysError ENAMETOOLONG above 107 bytes */
export function unixAddress(path: string): Uint8Array {
  const name = encodeLossless(path);
  if (name.length >= UNIX_PATH_SIZE) throw new SysError(`use ${path}`, ERRNO.ENAMETOOLONG, 'ENAMETOOLONG');
  const abstract = path.startsWith('@');
  if (abstract) name[0] = 0;
  // An abstract name ends with the address, a path with its NUL.
  const bytes = new Uint8Array(2 + name.length + (abstract ? 0 : 1));
  view(bytes).setUint16(0, AF_UNIX, true);
  bytes.set(name, 2);
  return bytes;
}

/** @returns undefined for an unnamed socket */
export function unixPath(address: Uint8Array): string | undefined {
  if (address.length <= 2) return undefined;
  if (address[2] === 0) return `@${decodeLossless(address.subarray(3))}`;
  const end = address.indexOf(0, 2);
  return decodeLossless(address.subarray(2, end < 0 ? address.length : end));
}

/** sockaddr_in or sockaddr_in6. @throws SysError EINVAL when the address is neither */
export function internetAddress(address: string, port: number): { family: number; bytes: Uint8Array } {
  const four = ipv4(address);
  const six = four === null ? ipv6(address) : null;
  const host = four ?? six;
  if (host === null) throw new SysError(`use ${address}`, ERRNO.EINVAL, 'EINVAL');
  const bytes = new Uint8Array(four === null ? 28 : 16);
  const family = four === null ? AF_INET6 : AF_INET;
  view(bytes).setUint16(0, family, true);
  view(bytes).setUint16(2, port, false);
  bytes.set(host, four === null ? 8 : 4);
  return { family, bytes };
}
