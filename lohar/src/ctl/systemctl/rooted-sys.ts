/** The file system as one sees it whose root is a folder: links lead nowhere outside it, however they are written. */
import { SysError } from '@bhatti/runtime/sys.ts';
import type { ProgramSys } from '../program.ts';

/** As many links as the kernel follows in one path. */
const LINKS_MAX = 40;
const ELOOP = 40;

type FileSys = Pick<
  ProgramSys,
  'readFile' | 'stat' | 'lstat' | 'readdir' | 'readlink' | 'symlink' | 'unlink' | 'rmdir' | 'mkdir' | 'decode'
> &
  Pick<ProgramSys, 'realtimeMs' | 'hostname'>;

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/** Where a path of the folder leads, as a path of the folder. @param last whether a link at its end is followed */
export function resolveInside(sys: Pick<FileSys, 'readlink'>, root: string, path: string, last: boolean): string {
  let rest = partsOf(path);
  const done: string[] = [];
  let links = 0;
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    if (part === '..') {
      done.pop();
      continue;
    }
    const target = rest.length > 0 || last ? linkAt(sys, `${root}/${[...done, part].join('/')}`) : null;
    if (target === null) {
      done.push(part);
      continue;
    }
    if (++links > LINKS_MAX) throw new SysError(`open ${path}`, ELOOP, 'ELOOP');
    if (target.startsWith('/')) done.length = 0;
    rest = [...partsOf(target), ...rest];
  }
  return `/${done.join('/')}`;
}

function linkAt(sys: Pick<FileSys, 'readlink'>, path: string): string | null {
  try {
    return sys.readlink(path);
  } catch {
    return null;
  }
}

/** What looking at and changing unit files asks of the kernel, below `root`. */
export function rootedSys(sys: FileSys, root: string) {
  const target = (path: string): string => root + resolveInside(sys, root, path, true);
  const itself = (path: string): string => root + resolveInside(sys, root, path, false);
  return {
    readFile: (path: string, limit: number) => sys.readFile(target(path), limit),
    stat: (path: string) => sys.stat(target(path)),
    lstat: (path: string) => sys.lstat(itself(path)),
    readdir: (path: string, limit: number) => sys.readdir(target(path), limit),
    readlink: (path: string) => sys.readlink(itself(path)),
    realpath: (path: string) => {
      const inside = resolveInside(sys, root, path, true);
      sys.lstat(root + inside);
      return inside;
    },
    symlink: (to: string, path: string) => sys.symlink(to, itself(path)),
    unlink: (path: string) => sys.unlink(itself(path)),
    rmdir: (path: string) => sys.rmdir(itself(path)),
    mkdir: (path: string, mode: number) => sys.mkdir(itself(path), mode),
    decode: (bytes: Uint8Array) => sys.decode(bytes),
    realtimeMs: () => sys.realtimeMs(),
    hostname: () => sys.hostname(),
    /** Nothing is kept from one look to the next. */
    stamp: () => null,
    access: () => true,
  };
}
