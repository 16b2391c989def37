/** The packages that one apt-get install needs, as an archive of files that a machine without a network installs from. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fetchPackages, gather } from '@bhatti/host/builder/apt.ts';
import { withBuildLock } from '@bhatti/host/builder/build-lock.ts';
import { runProgram } from '@bhatti/host/builder/program.ts';
import { signedBy } from '@bhatti/host/builder/sources.ts';
import { never, quiet } from '../engine/lab.ts';
import { cacheDir } from '../services/image.ts';
import { readBytesInImage, readInImage } from '../tiers/image-files.ts';

const KEYRING = join(import.meta.dirname, '../../tiers/keys/ubuntu-archive-keyring.gpg');

/** Where it lies in the machine. */
export const ARCHIVE = '/srv/archive';

/** Makes apt know the archive alone. */
export const useArchive = (folder: string): string =>
  `cd /etc/apt && rm -rf sources.list.d/* && echo 'deb [trusted=yes] file:${folder} ./' >sources.list && apt-get -qq -o APT::Sandbox::User=root update`;

/**
 * Kept in the cache: remove it there to have the packages that the mirror has now.
 * @param image whose root the packages are to be installed in
 * @returns a folder with the .debs and their index
 */
export async function archiveOf(packages: readonly string[], image: string): Promise<string> {
  const status = readBytesInImage(image, '/var/lib/dpkg/status').toString();
  const key = createHash('sha256')
    .update(JSON.stringify([packages, status]))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheDir, 'field', `${packages[0]}-${key}`);
  if (existsSync(folder)) return folder;
  const lines = readInImage(image, '/etc/apt/sources.list')
    .split('\n')
    .filter((line) => line.startsWith('deb '));
  await withBuildLock(cacheDir, quiet, never, async () => {
    const fetched = await fetchPackages({
      ...{ cacheDir, id: 'field', sources: signedBy(lines, KEYRING), preferences: '', status, packages },
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
