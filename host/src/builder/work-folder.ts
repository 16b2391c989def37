/** The folders of one build, gone when it ends. */
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './program.ts';

const PREFIX = 'tier-work-';

export interface WorkFolder {
  /** On the file system of the cache. */
  readonly path: string;
  /** Where roots are unpacked: reachable by the root of a user namespace, to whom the user's own folders are closed. */
  readonly unpackDir: string;
  /** @returns a new empty folder */
  folder(name: string): Promise<string>;
}

/** Runs `work` with fresh folders and removes them. Call it under the build lock: it removes what dead builds left. */
export async function withWorkFolder<T>(cacheDir: string, work: (folder: WorkFolder) => Promise<T>): Promise<T> {
  const root = process.getuid?.() === 0;
  const shared = root ? cacheDir : (process.env.TMPDIR ?? '/var/tmp');
  const sharedPrefix = root ? PREFIX : `bhatti-${process.getuid?.()}-${PREFIX}`;
  await sweep(cacheDir, PREFIX);
  await sweep(shared, sharedPrefix);
  const path = await mkdtemp(join(cacheDir, PREFIX));
  const unpackDir = root ? path : await mkdtemp(join(shared, sharedPrefix));
  // Sticky: another user of this machine can neither rename nor replace what the namespace's root makes in it.
  if (!root) await chmod(unpackDir, 0o1777);
  const folder = async (name: string) => {
    await mkdir(join(path, name));
    return join(path, name);
  };
  try {
    return await work({ path, unpackDir, folder });
  } finally {
    await removeTree(path);
    await removeTree(unpackDir);
  }
}

async function sweep(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) if (name.startsWith(prefix)) await removeTree(join(folder, name));
}

/** Also removes what the root of a user namespace made. */
async function removeTree(path: string): Promise<void> {
  try {
    // A build that was killed may have left a program that is still unpacking into it.
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    const inside = ['--unshare-helper', 'find', path, '-mindepth', '1', '-delete'];
    await runProgram('mmdebstrap', inside, { signal: new AbortController().signal });
    await rm(path, { recursive: true, force: true });
  }
}
