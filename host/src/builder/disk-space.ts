/** Looks for room before anything begins: apt-get hangs rather than fails on a disk that fills up under it. */
import { statfs } from 'node:fs/promises';
import { BhattiError } from '@bhatti/wire/errors.ts';

const MIB = 1024 * 1024;
/** (m) Package lists and apt's index of noble's main and universe. */
const LISTS_MIB = 200;
/** (m) vmlinux, and the image's journal and tables. */
const KERNEL_MIB = 90;

/** @returns MiB a new layer needs at most in the cache: lists, .debs, the unpacked root and its tar */
export const roomForLayer = (usedMibMax: number): number => LISTS_MIB + 3 * usedMibMax;
/** @returns MiB an image and its kernel need at most */
export const roomForImage = (usedMibMax: number): number => KERNEL_MIB + usedMibMax;

/**
 * @param doing 'build tier minimal'
 * @param who 'the build'
 * @throws BhattiError host.disk-full
 */
export async function requireRoom(doing: string, who: string, folder: string, mib: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / MIB);
  if (free >= mib) return;
  throw new BhattiError(
    'host.disk-full',
    `cannot ${doing}: ${folder} has ${free} MiB free, and ${who} may need ${mib}`,
    { remedy: `free space there: df -h ${folder}` },
  );
}
