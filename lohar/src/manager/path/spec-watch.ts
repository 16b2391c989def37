/** Watches one path of a path unit with inotify: the path itself, and every folder on the way to it. */
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { PathKind, PathSpec } from '../../unit/path/path-settings.ts';

/** inotify(7) */
const IN = {
  ...{ MODIFY: 0x2, ATTRIB: 0x4, CLOSE_WRITE: 0x8, MOVED_FROM: 0x40, MOVED_TO: 0x80, CREATE: 0x100, DELETE: 0x200 },
  ...{ DELETE_SELF: 0x400, MOVE_SELF: 0x800, DONT_FOLLOW: 0x2000000 },
} as const;
const SELF = IN.DELETE_SELF | IN.MOVE_SELF | IN.ATTRIB;
const FOLDER = SELF | IN.CREATE | IN.MOVED_TO;
const CHANGED = SELF | IN.CLOSE_WRITE | IN.CREATE | IN.DELETE | IN.MOVED_FROM | IN.MOVED_TO;
const MASKS: Readonly<Record<PathKind, number>> = {
  PathExists: SELF,
  PathExistsGlob: SELF,
  PathChanged: CHANGED,
  PathModified: CHANGED | IN.MODIFY,
  DirectoryNotEmpty: SELF | IN.CREATE | IN.MOVED_TO,
};
const BUFFER_SIZE = 64 * 1024;
const EVENT_SIZE = 16;

export interface Opened {
  readonly fd: Fd;
  /** Of the path itself; -1 while it is not there. */
  readonly watch: number;
}

/** @throws SysError when there is no room for another watch */
export function openWatch(sys: Sys, { kind, path }: PathSpec): Opened {
  const fd = sys.inotify();
  try {
    return { fd, watch: watchAll(sys, fd, path, MASKS[kind]) };
  } catch (error) {
    sys.close(fd);
    throw error;
  }
}

/** From the root down to the first that is missing. @returns the watch of the path itself, or -1 */
function watchAll(sys: Sys, fd: Fd, path: string, mask: number): number {
  for (let slash = 0; ; slash = path.indexOf('/', slash + 1)) {
    const isLast = slash < 0 || path === '/';
    const at = isLast ? path : slash === 0 ? '/' : path.slice(0, slash);
    const watch = add(sys, fd, at, isLast ? mask : FOLDER);
    if (watch < 0 || isLast) return watch;
  }
}

function add(sys: Sys, fd: Fd, path: string, mask: number): number {
  try {
    // Both the link and what it leads to.
    if (sys.lstat(path).type === 'symlink') sys.inotifyAdd(fd, path, mask | IN.DONT_FOLLOW);
    return sys.inotifyAdd(fd, path, mask);
  } catch (error) {
    if (error instanceof SysError && /^(ENOENT|EACCES|ENOTDIR)$/.test(error.code)) return -1;
    throw error;
  }
}

/** Takes what has happened. @returns true when the path itself changed */
export function readEvents(sys: Sys, { fd, watch }: Opened): boolean {
  const bytes = new Uint8Array(BUFFER_SIZE);
  const view = new DataView(bytes.buffer);
  let changed = false;
  const size = sys.read(fd, bytes);
  for (let at = 0; at + EVENT_SIZE <= size; at += EVENT_SIZE + view.getUint32(at + 12, true))
    if (view.getInt32(at, true) === watch) changed = true;
  return changed;
}
