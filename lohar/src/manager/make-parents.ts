import type { Sys } from '@bhatti/runtime/sys.ts';

/** Folders above a path, with this mode. */
export function makeParents(sys: Sys, path: string, mode: number): void {
  for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
    const folder = path.slice(0, at);
    if (sys.access(folder, 0)) continue;
    sys.mkdir(folder, mode);
    sys.chmod(folder, mode);
  }
}
