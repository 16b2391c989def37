/** Fetches npm packages for a tier, with the host's npm and its cache. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../ports/engine.ts';
import { runProgram } from './program.ts';
import type { Recipe } from './recipe.ts';
import { stripElf } from './strip-elf.ts';

/** What is true of every image the builder makes. */
const TARGET = ['--os=linux', '--cpu=x64', '--libc=glibc'];

/** @returns a tar of usr/local with the packages and links to their programs; undefined when none is asked for */
export async function fetchNpm(
  packages: Recipe['npm'],
  scratch: string,
  at: { readonly progress: Progress; readonly signal: AbortSignal; readonly log: (line: string) => void },
): Promise<string | undefined> {
  if (packages.length === 0) return undefined;
  at.progress.step('downloading npm packages');
  const root = join(scratch, 'npm');
  const tar = join(scratch, 'npm.tar');
  const names = packages.map(({ name, version }) => `${name}@${version}`);
  // Scripts of packages never run on the host.
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const args = ['install', '--global', `--prefix=${join(root, 'usr/local')}`, ...quiet, ...TARGET, ...names];
  await runProgram('npm', args, { signal: at.signal, onLine: at.log });
  for (const { name, strip } of packages)
    for (const path of strip) {
      const file = join(root, 'usr/local/lib/node_modules', name, path);
      await writeFile(file, stripElf(await readFile(file)));
    }
  const plain = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--sort=name', '--mode=u+w,go-w,a+rX'];
  // Only what lies in these folders: the folders above are the image's own. A package may have no program.
  const inside = ['usr/local/lib/node_modules', 'usr/local/bin'];
  for (const folder of inside) await mkdir(join(root, folder), { recursive: true });
  await runProgram('tar', ['-c', ...plain, '-f', tar, '-C', root, ...inside], { signal: at.signal });
  return tar;
}
