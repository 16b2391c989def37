/** The files of the project: what git tracks and what it would if it were asked to. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Paths below the root, sorted.
 * @throws Error when git cannot tell
 */
export function projectFiles(root: string): string[] {
  // The safe.directory setting: a checkout may belong to another user than the one who tests it.
  const git = spawnSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (git.status !== 0) throw new Error(`cannot list the project's files: ${git.error?.message ?? git.stderr}`);
  return [...new Set(git.stdout.split('\0'))].filter((path) => path !== '' && existsSync(join(root, path))).sort();
}
