/** The machine: mounts, names, randomness, power. */
import { decodeLossless, encodeLossless } from 'native';
import type { Fd } from '../sys.ts';
import { O_DIRECTORY, O_RDONLY, O_RDWR } from './constants.ts';
import { close, open } from './files.ts';
import { attempt, check, view } from './kernel.ts';
import { exit } from './processes.ts';

/** linux/random.h */
const RNDADDENTROPY = 0x40085203;
const RNDRESEEDCRNG = 0x5207;
/** fs/ext4/ext4.h */
const EXT4_IOC_RESIZE_FS = 0x40086610;
// linux/reboot.h
const REBOOT_MAGIC1 = 0xfee1dead;
const REBOOT_MAGIC2 = 672274793;
const CAD_OFF = 0;
const REBOOT_COMMANDS = { reboot: 0x01234567, poweroff: 0x4321fedc, halt: 0xcdef0123 } as const;
/** Bytes of each field of struct utsname. */
const UTS_SIZE = 65;

export const mount = (source: string, target: string, type: string, flags: number, data: string): void =>
  void check(attempt('mount', source, target, type, flags, data), 'mount', target);
export const unmount = (target: string, flags: number): void =>
  void check(attempt('umount2', target, flags), 'unmount', target);

export function sethostname(name: string): void {
  const bytes = encodeLossless(name);
  check(attempt('sethostname', bytes, bytes.length), 'set the host name', name);
}

function utsField(index: number): string {
  const names = new Uint8Array(6 * UTS_SIZE);
  check(attempt('uname', names), 'uname');
  const field = names.subarray(index * UTS_SIZE, (index + 1) * UTS_SIZE);
  return decodeLossless(field.subarray(0, field.indexOf(0)));
}
export const hostname = (): string => utsField(1);
export const kernelRelease = (): string => utsField(2);
/** 'x86_64' or 'aarch64' */
export const kernelArchitecture = (): string => utsField(4);

export const sync = (): void => void attempt('sync');
export const syncFs = (fd: Fd): void => void check(attempt('syncfs', fd), 'sync', fd);

export function reboot(action: keyof typeof REBOOT_COMMANDS): never {
  check(attempt('reboot', REBOOT_MAGIC1, REBOOT_MAGIC2, REBOOT_COMMANDS[action], 0), action);
  // Only PID 1 of a container comes here: the kernel ends it.
  return exit(0);
}

/** From now on Ctrl+Alt+Del sends SIGINT to PID 1. */
export const takeCtrlAltDel = (): void =>
  void check(attempt('reboot', REBOOT_MAGIC1, REBOOT_MAGIC2, CAD_OFF, 0), 'take Ctrl+Alt+Del');

function withOpen<T>(path: string, flags: number, use: (fd: Fd) => T): T {
  const fd = open(path, flags);
  try {
    return use(fd);
  } finally {
    close(fd);
  }
}

export function reseed(entropy: Uint8Array): void {
  // struct rand_pool_info: bits of entropy, bytes, the bytes
  const pool = new Uint8Array(8 + entropy.length);
  view(pool).setInt32(0, entropy.length * 8, true);
  view(pool).setInt32(4, entropy.length, true);
  pool.set(entropy, 8);
  withOpen('/dev/urandom', O_RDWR, (fd) => {
    check(attempt('ioctl', fd, RNDADDENTROPY, pool), 'add entropy');
    check(attempt('ioctl', fd, RNDRESEEDCRNG, 0), 'reseed');
  });
}

export function resizeExt4(mountpoint: string, blocks: number): void {
  const count = new Uint8Array(8);
  view(count).setBigUint64(0, BigInt(blocks), true);
  withOpen(mountpoint, O_RDONLY | O_DIRECTORY, (fd) =>
    check(attempt('ioctl', fd, EXT4_IOC_RESIZE_FS, count), 'resize', mountpoint),
  );
}
