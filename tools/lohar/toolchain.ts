/**
 * A throw-away Debian root with compilers for both architectures and musl, so that no host needs any of them. Kept in
 * the cache under a name that says what is in it; it appears there whole or not at all.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withBuildLock } from '../../host/src/builder/build-lock.ts';
import { runProgram } from '../../host/src/builder/program.ts';
import { mmdebstrap } from './mmdebstrap.ts';
import type { Work } from './work.ts';

export const ARCHS = ['amd64', 'arm64'] as const;
export type Arch = (typeof ARCHS)[number];

/** Names of one architecture in Debian's compilers and in musl's folders. */
export const TRIPLETS: Readonly<Record<Arch, { gnu: string; musl: string }>> = {
  amd64: { gnu: 'x86_64-linux-gnu', musl: 'x86_64-linux-musl' },
  arm64: { gnu: 'aarch64-linux-gnu', musl: 'aarch64-linux-musl' },
};

const SUITE = 'trixie';
/** Of no use to a compiler that nobody talks to. */
const LEFT_OUT = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];
const UNFINISHED = '.unfinished';

export const hostArch: Arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
const other: Arch = hostArch === 'amd64' ? 'arm64' : 'amd64';

/** The cross packages bear Debian's names of the architecture, with a dash where a name has none: amd64, arm64. */
const packages = [
  'gcc',
  'libc6-dev',
  `gcc-${TRIPLETS[other].gnu.replace('_', '-')}`,
  `libc6-dev-${other}-cross`,
  `musl-dev:${hostArch}`,
  `musl-dev:${other}`,
];

const identity = createHash('sha256')
  .update(JSON.stringify([SUITE, hostArch, packages, LEFT_OUT]))
  .digest('hex');
export const toolchainId = identity.slice(0, 16);

/**
 * @returns the root's path, made on first use (20 s)
 * @throws BhattiError host.missing-program; ProgramFailed
 */
export async function prepareToolchain(work: Work): Promise<string> {
  const root = join(work.cacheDir, `toolchain-${toolchainId}`);
  if (existsSync(root)) return root;
  await mkdir(work.cacheDir, { recursive: true });
  return withCacheLock(work, async () => {
    if (!existsSync(root)) await makeRoot(root, work);
    return root;
  });
}

/** One build of a toolchain, an engine or a program at a time. */
export async function withCacheLock<T>(work: Work, run: () => Promise<T>): Promise<T> {
  const folder = join(work.cacheDir, 'toolchain');
  await mkdir(folder, { recursive: true });
  return withBuildLock(folder, work.progress, work.signal, run);
}

async function makeRoot(root: string, work: Work): Promise<void> {
  // Under the lock nobody else makes one: what lies there is a dead build's.
  for (const name of await readdir(work.cacheDir))
    if (name.startsWith('toolchain-') && name.endsWith(UNFINISHED))
      await rm(join(work.cacheDir, name), { recursive: true, force: true });
  const unfinished = `${root}${UNFINISHED}`;
  await mkdir(unfinished);
  const tar = join(unfinished, 'root.tar');
  work.progress.step('making a toolchain (once)');
  const note = (line: string) => {
    if (line.startsWith('I: ')) work.progress.step(`making a toolchain (once): ${line.slice(3)}`);
  };
  const words = [
    '--variant=essential',
    `--architectures=${hostArch},${other}`,
    `--include=${packages.join(',')}`,
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
  ];
  await mmdebstrap([...words, SUITE, tar], work, note);
  // Unpacked as the user's own files: a plain user then enters it through a user namespace of that one user.
  const unpack = ['-x', '-f', tar, '-C', unfinished, '--no-same-owner', '--exclude=./dev/*'];
  await runProgram('tar', unpack, { signal: work.signal });
  await rm(tar);
  await rename(unfinished, root);
}

/** Runs a program of the root, in its folder `directory`. @throws ProgramFailed */
export async function runInRoot(
  root: string,
  directory: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const script = ['/bin/sh', '-c', 'cd "$0" && exec "$@"', directory, ...words];
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TMPDIR: '/tmp' };
  if (process.getuid?.() === 0) await runProgram('/usr/sbin/chroot', [root, ...script], { signal, env });
  else
    await runProgram('/usr/bin/unshare', ['--user', '--map-root-user', `--root=${root}`, ...script], { signal, env });
}
