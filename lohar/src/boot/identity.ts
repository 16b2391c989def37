/** Who this guest is: the files and kernel settings that must differ between two forks of one template. */
import { O_CREAT, O_WRONLY } from '@bhatti/runtime/linux/constants.ts';
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { INTERFACE } from './network.ts';

const TEXT_SIZE_MAX = 256 * 1024;

/** HOST_NAME_MAX of Linux (gethostname(2)). */
const HOSTNAME_SIZE_MAX = 64;
const HEX = '0123456789abcdef';
const HOSTNAME_CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-';

/** No regular expressions here: the first one costs a fork milliseconds, as QEMU translates their interpreter anew. */
function consistsOf(text: string, characters: string): boolean {
  for (const character of text) if (!characters.includes(character)) return false;
  return text !== '';
}

function isHostname(name: string): boolean {
  const edges = `${name[0]}${name.at(-1)}`;
  return (
    name.length <= HOSTNAME_SIZE_MAX &&
    consistsOf(name, HOSTNAME_CHARACTERS) &&
    !edges.includes('-') &&
    !edges.includes('.')
  );
}

/** Kernel name, /etc/hostname and this host's line of /etc/hosts. @throws RangeError for a name that is none */
export function setHostname(sys: Sys, name: string): void {
  if (!isHostname(name)) throw new RangeError(`not a host name: ${name}`);
  sys.sethostname(name);
  replace(sys, '/etc/hostname', `${name}\n`);
  replace(sys, '/etc/hosts', hostsWith(textOf(sys, '/etc/hosts'), name));
}

/** Debian's convention: 127.0.1.1 is the machine's own name; every other line stays as it is. */
export function hostsWith(current: string, name: string): string {
  const own = `127.0.1.1\t${name}`;
  const lines = current.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const lineOf = (address: string): number =>
    lines.findIndex((line) => line.startsWith(`${address} `) || line.startsWith(`${address}\t`));
  if (lineOf('127.0.0.1') < 0) lines.unshift('127.0.0.1\tlocalhost');
  if (lineOf('::1') < 0) lines.push('::1\tip6-localhost ip6-loopback');
  const at = lineOf('127.0.1.1');
  if (at >= 0) lines[at] = own;
  else lines.splice(lineOf('127.0.0.1') + 1, 0, own);
  return `${lines.join('\n')}\n`;
}

/** @throws RangeError unless 32 hex digits (machine-id(5)) */
export function setMachineId(sys: Sys, id: string): void {
  if (id.length !== 32 || !consistsOf(id, HEX)) throw new RangeError(`not a machine id: ${id}`);
  replace(sys, '/etc/machine-id', `${id}\n`, 0o444);
}

/** @throws RangeError unless aa:bb:cc:dd:ee:ff */
export function setMac(sys: Sys, mac: string): void {
  const octets = mac.split(':');
  if (octets.length !== 6 || !octets.every((octet) => octet.length === 2 && consistsOf(octet, HEX)))
    throw new RangeError(`not a MAC address: ${mac}`);
  if (sys.access(`/sys/class/net/${INTERFACE}`, 0)) sys.setMac(INTERFACE, mac);
}

/** @throws RangeError unless an IPv4 address */
export function setNameServer(sys: Sys, address: string | undefined): void {
  if (address === undefined) return;
  const octets = address.split('.');
  if (octets.length !== 4 || !octets.every((octet) => octet.length <= 3 && consistsOf(octet, '0123456789')))
    throw new RangeError(`not an IPv4 address: ${address}`);
  const path = '/etc/resolv.conf';
  if (linkType(sys, path) === 'symlink') sys.unlink(path); // a link to systemd-resolved's file that nobody writes
  replace(sys, path, `# written by lohar at each start\nnameserver ${address}\noptions edns0\n`);
}

/**
 * Writes only what differs, and into the pages that are there: a fork is on its way to its first answer, and cutting an
 * ext4 file to nothing first costs it a journal transaction (80 ms under emulation). Torn by a crash, it is written
 * again at the next start.
 */
function replace(sys: Sys, path: string, content: string, mode = 0o644): void {
  const before = textOf(sys, path);
  if (before === content) return;
  const fd = sys.open(path, O_WRONLY | O_CREAT, mode);
  try {
    const bytes = sys.encode(content);
    if (sys.write(fd, bytes) !== bytes.length) throw new Error(`${path} was only written in part`);
    if (sys.fstat(fd).size > bytes.length) sys.ftruncate(fd, bytes.length);
  } finally {
    sys.close(fd);
  }
}

function textOf(sys: Sys, path: string): string {
  try {
    return new TextDecoder().decode(sys.readFile(path, TEXT_SIZE_MAX));
  } catch (error) {
    if (error instanceof SysError) return '';
    throw error;
  }
}

function linkType(sys: Sys, path: string): string {
  try {
    return sys.lstat(path).type;
  } catch (error) {
    if (error instanceof SysError) return 'none';
    throw error;
  }
}
