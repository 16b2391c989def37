/** Looks into an ext4 image without mounting it (debugfs(8)). */
import { execFileSync } from 'node:child_process';

export interface FileInImage {
  readonly type: 'file' | 'directory' | 'symlink';
  /** Four octal digits. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
}

const run = (image: string, command: string, encoding: 'utf8' | 'buffer' = 'utf8') =>
  execFileSync('debugfs', ['-R', command, image], {
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
    encoding,
  });

/** @returns null when it is not there */
export function statInImage(image: string, path: string): FileInImage | null {
  const text = run(image, `stat ${path}`).toString();
  const [, type, mode] = /Type: (regular|directory|symlink)\s+Mode:\s+(\d+)/.exec(text) ?? [];
  const [, uid, gid] = /User:\s+(\d+)\s+Group:\s+(\d+)/.exec(text) ?? [];
  const [, size] = /Size:\s+(\d+)/.exec(text) ?? [];
  if (type === undefined || mode === undefined) return null;
  return {
    type: type === 'regular' ? 'file' : (type as 'directory' | 'symlink'),
    mode,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
  };
}

export const readInImage = (image: string, path: string): string => run(image, `cat ${path}`).toString();

export const readBytesInImage = (image: string, path: string): Buffer => run(image, `cat ${path}`, 'buffer') as Buffer;

/** @returns names in a folder, sorted, without . and .. */
export function listInImage(image: string, path: string): string[] {
  // Each line: /inode/mode/uid/gid/name/size/
  return run(image, `ls -p ${path}`)
    .toString()
    .split('\n')
    .map((line) => line.split('/')[5] ?? '')
    .filter((name) => name !== '' && name !== '.' && name !== '..')
    .sort();
}

/** @returns the target of a symlink */
export function linkInImage(image: string, path: string): string | null {
  return /Fast link dest: "(.*)"/.exec(run(image, `stat ${path}`).toString())?.[1] ?? null;
}
