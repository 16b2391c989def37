/** Network interfaces by ioctl (netdevice(7)). */
import { encodeLossless } from 'native';
import { SysError } from '../sys.ts';
import { AF_INET, internetAddress } from './address.ts';
import { ERRNO } from './constants.ts';
import { socketType } from './descriptors.ts';
import { close } from './files.ts';
import { attempt, check, view } from './kernel.ts';

// linux/sockios.h
const SIOCADDRT = 0x890b;
const SIOCGIFFLAGS = 0x8913;
const SIOCSIFFLAGS = 0x8914;
const SIOCSIFADDR = 0x8916;
const SIOCSIFNETMASK = 0x891c;
const SIOCSIFMTU = 0x8922;
const SIOCSIFHWADDR = 0x8924;
const IFF_UP = 1;
const ARPHRD_ETHER = 1;
const NAME_SIZE = 16;
const REQUEST_SIZE = 40;
/** struct rtentry */
const ROUTE_SIZE = 120;
const RTF_UP_GATEWAY = 3;

function ioctl(request: number, data: Uint8Array, verb: string, object: string): void {
  const fd = check(attempt('socket', AF_INET, socketType('datagram'), 0), 'make a socket');
  try {
    check(attempt('ioctl', fd, request, data), verb, object);
  } finally {
    close(fd);
  }
}

/** struct ifreq with its union at 16. */
function request(name: string, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(REQUEST_SIZE);
  bytes.set(encodeLossless(name).subarray(0, NAME_SIZE - 1));
  bytes.set(value, NAME_SIZE);
  return bytes;
}

export function setMac(name: string, mac: string): void {
  const parts = mac.split(':').map((part) => (part.length === 2 ? Number.parseInt(part, 16) : Number.NaN));
  if (parts.length !== 6 || parts.some(Number.isNaN)) throw new SysError(`use ${mac}`, ERRNO.EINVAL, 'EINVAL');
  ioctl(SIOCSIFHWADDR, request(name, Uint8Array.from([ARPHRD_ETHER, 0, ...parts])), 'set the MAC of', name);
}

export function setAddress(name: string, address: string, prefix: number): void {
  const mask = prefix === 0 ? 0 : (~0 << (32 - prefix)) >>> 0;
  const dotted = [24, 16, 8, 0].map((shift) => (mask >>> shift) & 255).join('.');
  ioctl(SIOCSIFADDR, request(name, internetAddress(address, 0).bytes), 'set the address of', name);
  ioctl(SIOCSIFNETMASK, request(name, internetAddress(dotted, 0).bytes), 'set the netmask of', name);
}

export function setUp(name: string): void {
  const flags = request(name, new Uint8Array(0));
  ioctl(SIOCGIFFLAGS, flags, 'read the flags of', name);
  view(flags).setUint16(NAME_SIZE, view(flags).getUint16(NAME_SIZE, true) | IFF_UP, true);
  ioctl(SIOCSIFFLAGS, flags, 'bring up', name);
}

export function setMtu(name: string, bytes: number): void {
  const value = new Uint8Array(new Int32Array([bytes]).buffer);
  ioctl(SIOCSIFMTU, request(name, value), 'set the MTU of', name);
}

export function addDefaultRoute(gateway: string): void {
  const route = new Uint8Array(ROUTE_SIZE);
  const any = internetAddress('0.0.0.0', 0).bytes;
  route.set(any, 8);
  route.set(internetAddress(gateway, 0).bytes, 24);
  route.set(any, 40);
  view(route).setUint16(56, RTF_UP_GATEWAY, true);
  ioctl(SIOCADDRT, route, 'route through', gateway);
}
