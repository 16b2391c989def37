/** Where the programs are that the engine runs. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { NetworkPrograms } from './settings.ts';

/** Debian leaves these out of a plain user's PATH. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];
/** Program -> Debian's and Ubuntu's package of it. */
export const PACKAGES = {
  'qemu-system-x86_64': 'qemu-system-x86',
  slirp4netns: 'slirp4netns',
  nft: 'nftables',
  ip: 'iproute2',
  unshare: 'util-linux',
} as const;

export type ProgramName = keyof typeof PACKAGES;

/** @returns its absolute path, or null */
export async function findProgram(name: ProgramName): Promise<string | null> {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]) {
    if (!folder.startsWith('/')) continue;
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
}

/** The programs of the network; null when one is missing. */
export async function findNetworkPrograms(): Promise<NetworkPrograms | null> {
  const [slirp4netns, nft, ip, unshare] = await Promise.all(
    (['slirp4netns', 'nft', 'ip', 'unshare'] as const).map(findProgram),
  );
  return slirp4netns && nft && ip && unshare ? { slirp4netns, nft, ip, unshare } : null;
}
