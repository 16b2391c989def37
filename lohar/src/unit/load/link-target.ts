/** Symlink targets as absolute paths, without looking at the disk. */
import { canonicalPath } from './search-path.ts';

/** Where a symlink at `path` with this target leads. */
export function linkTarget(path: string, target: string): string {
  const full = target.startsWith('/') ? target : `${path.slice(0, path.lastIndexOf('/'))}/${target}`;
  const parts: string[] = [];
  for (const part of full.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return canonicalPath(`/${parts.join('/')}`);
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
