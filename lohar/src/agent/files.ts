/** Files of the sandbox, as root: who may talk to the agent may be root anyway. */
import { ERRNO } from '@bhatti/runtime/linux/constants.ts';
import { type Stat, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { FileStat } from '@bhatti/wire/messages.ts';
import { ENTRIES_MAX } from '@bhatti/wire/schema.ts';
import { asFileError } from './agent-errors.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';

/** A listing that would be a longer message is cut off. */
const LISTING_SIZE_MAX = 200 * 1024;
/** Bytes of an entry's JSON besides its names. */
const ENTRY_SIZE = 160;

/** @throws BhattiError request.invalid */
export function absolute(verb: string, path: string): string {
  if (path.startsWith('/')) return path;
  throw new BhattiError('request.invalid', `cannot ${verb} ${path}: the path must be absolute`, {
    remedy: `begin it with a slash, such as /workspace/${path}`,
  });
}

export function fileStat(sys: Sys, path: string, stat: Stat): FileStat {
  const { mode, uid, gid, size, mtimeMs } = stat;
  const known = stat.type === 'file' || stat.type === 'directory' || stat.type === 'symlink';
  const common = { path, type: known ? stat.type : 'other', mode, uid, gid, size, mtimeMs } as const;
  return stat.type === 'symlink' ? { ...common, target: sys.readlink(path) } : common;
}

export function serveStat({ sys }: AgentContext, stream: GuestStream, request: RequestOf<'file.stat'>): void {
  const path = absolute('look at', request.path);
  const stat = asFileError(`look at ${path}`, () => fileStat(sys, path, sys.lstat(path)));
  stream.message({ is: 'stat', stat });
  stream.close();
}

export function serveList({ sys }: AgentContext, stream: GuestStream, request: RequestOf<'file.list'>): void {
  const path = absolute('list', request.path);
  const found = asFileError(`list ${path}`, () => sys.readdir(path, ENTRIES_MAX + 1));
  const names = found.map((entry) => entry.name).sort();
  const entries: FileStat[] = [];
  let size = 0;
  for (const name of names.slice(0, ENTRIES_MAX)) {
    const entry = statOrNull(sys, path === '/' ? `/${name}` : `${path.replace(/\/+$/, '')}/${name}`);
    if (!entry) continue; // gone meanwhile
    // A character is six bytes at most: \u0000
    size += ENTRY_SIZE + 6 * (entry.path.length + (entry.target?.length ?? 0));
    if (size > LISTING_SIZE_MAX) break;
    entries.push(entry);
  }
  stream.message({ is: 'entries', entries, truncated: names.length > ENTRIES_MAX || size > LISTING_SIZE_MAX });
  stream.close();
}

function statOrNull(sys: Sys, path: string): FileStat | null {
  try {
    return fileStat(sys, path, sys.lstat(path));
  } catch (error) {
    if (error instanceof SysError) return null;
    throw error;
  }
}

/** New folders belong to whom the folder above belongs to, so that /workspace stays its user's. */
export function serveMkdir({ sys }: AgentContext, stream: GuestStream, request: RequestOf<'file.mkdir'>): void {
  const path = absolute('make', request.path).replace(/(?<=.)\/+$/, '');
  asFileError(`make ${path}`, () => makeFolders(sys, path, request.parents, request.mode ?? 0o755));
  stream.close();
}

function makeFolders(sys: Sys, path: string, parents: boolean, mode: number): void {
  const missing: string[] = [];
  for (let at = path; !sys.access(at, 0); at = parentOf(at)) {
    missing.unshift(at);
    if (!parents) break;
  }
  if (missing.length === 0) {
    if (!parents || sys.stat(path).type !== 'directory') throw new SysError(`mkdir ${path}`, ERRNO.EEXIST, 'EEXIST');
    return;
  }
  for (const folder of missing) {
    const { uid, gid } = sys.stat(parentOf(folder));
    sys.mkdir(folder, mode);
    sys.chmod(folder, mode); // mkdir(2) takes the umask away
    sys.chown(folder, uid, gid);
  }
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

export function notRegular(action: string): BhattiError {
  return new BhattiError('file.failed', `cannot ${action}: it is no regular file`, {
    remedy: 'use bhatti exec for devices, sockets and FIFOs',
  });
}
