/** The packages that one apt-get install needs, as an archive of files that a machine without a network installs from. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fetchPackages, gather } from '@bhatti/host/builder/apt.ts';
import { withBuildLock } from '@bhatti/host/builder/build-lock.ts';
import { APT_PINS } from '@bhatti/host/builder/lohar-layer.ts';
import { runProgram } from '@bhatti/host/builder/program.ts';
import { signedBy } from '@bhatti/host/builder/sources.ts';
import { never, quiet } from '../engine/lab.ts';
import { cacheDir } from '../services/image.ts';
import { readBytesInImage, readInImage, statInImage } from '../tiers/image-files.ts';

const KEYRING = join(import.meta.dirname, '../../tiers/keys/ubuntu-archive-keyring.gpg');

/** Makes apt know the archive alone. */
export const useArchive = (folder: string): string =>
  `cd /etc/apt && rm -rf sources.list.d/* && echo 'deb [trusted=yes] file:${folder} ./' >sources.list && apt-get -qq -o APT::Sandbox::User=root update`;

/** As Ubuntu 24.04 was released, or with the updates since. */
export type Pocket = 'released' | 'updated';

/** Where each lies in a sandbox. */
export const ARCHIVES: Readonly<Record<Pocket, string>> = { released: '/srv/released', updated: '/srv/archive' };

/**
 * Kept in the cache: remove it there to have the packages that the mirror has now.
 * @param image whose root the packages are to be installed in
 * @returns a folder with the .debs and their index
 */
export async function archiveOf(
  packages: readonly string[],
  image: string,
  pocket: Pocket = 'updated',
): Promise<string> {
  const status = readBytesInImage(image, '/var/lib/dpkg/status').toString();
  const key = createHash('sha256')
    .update(JSON.stringify([packages, status, pocket]))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheDir, 'field', `${packages[0]}-${key}`);
  if (existsSync(folder)) return folder;
  const lines = readInImage(image, '/etc/apt/sources.list')
    .split('\n')
    .filter((line) => line.startsWith('deb ') && (pocket === 'updated' || !/ \S+-(updates|security) /.test(line)));
  await withBuildLock(cacheDir, quiet, never, async () => {
    const fetched = await fetchPackages({
      ...{ cacheDir, id: 'field', sources: signedBy(lines, KEYRING), preferences: pinsOf(image), status, packages },
      ...{ kernel: undefined, progress: quiet, signal: never, onLine: () => undefined },
    });
    const unfinished = `${folder}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    await gather(fetched.debs, unfinished);
    await writeFile(join(unfinished, 'Packages'), (await Promise.all(fetched.debs.map(paragraph))).join('\n'));
    await rename(unfinished, folder);
  });
  return folder;
}

/** The guest's own; real systemd's machine has none. */
const pinsOf = (image: string): string =>
  statInImage(image, APT_PINS.path) === null ? '' : readInImage(image, APT_PINS.path);

/** Of a .deb in an index (deb822). */
async function paragraph(deb: string): Promise<string> {
  const control: string[] = [];
  await runProgram('dpkg-deb', ['-f', deb], { signal: never, onLine: (line) => control.push(line) });
  const sha256 = createHash('sha256')
    .update(await readFile(deb))
    .digest('hex');
  const { size } = await stat(deb);
  return [...control, `Filename: ./${basename(deb)}`, `Size: ${size}`, `SHA256: ${sha256}`, ''].join('\n');
}
