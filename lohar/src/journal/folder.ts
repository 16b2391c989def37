/** The folder of the journal's files, listed and read. Shared by the writer (where to go on) and by journalctl. */

import { O_RDONLY } from '@bhatti/runtime/linux/constants.ts';
import { type DirEntry, type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { Source } from './file-reader.ts';
import type { StoredFile } from './limits.ts';
import { parseFileName } from './places.ts';

/** Names that are looked at in the folder. */
const NAMES_MAX = 65_536;

export type FolderSys = Pick<Sys, 'open' | 'close' | 'pread' | 'fstat' | 'lstat' | 'readdir'>;

/** Names in the folder; none when there is no folder. */
function namesOf(sys: Pick<Sys, 'readdir'>, folder: string): DirEntry[] {
  try {
    return sys.readdir(folder, NAMES_MAX);
  } catch (error) {
    if (error instanceof SysError && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Files of the journal, of the wanted keys. @throws SysError when the folder cannot be read */
export function listFiles(
  sys: Pick<Sys, 'readdir' | 'lstat'>,
  folder: string,
  wanted: (key: string) => boolean = () => true,
): StoredFile[] {
  const files: StoredFile[] = [];
  for (const { name } of namesOf(sys, folder)) {
    const parsed = parseFileName(name);
    if (parsed === null || !wanted(parsed.key)) continue;
    try {
      const stat = sys.lstat(`${folder}/${name}`);
      if (stat.type === 'file') files.push({ ...parsed, name, size: stat.size, mtimeMs: stat.mtimeMs });
    } catch {
      // It was deleted meanwhile.
    }
  }
  return files;
}

/** Files of one key, newest first: the one that is written, then the archived ones downwards. */
export function newestFirst(files: readonly StoredFile[]): StoredFile[] {
  const order = (file: StoredFile) => file.archivedFrom ?? Number.MAX_SAFE_INTEGER;
  return [...files].sort((a, b) => order(b) - order(a));
}

export class OpenFile implements Source {
  readonly #sys: Pick<Sys, 'pread' | 'close'>;
  readonly fd: Fd;
  readonly size: number;

  constructor(sys: FolderSys, path: string) {
    this.#sys = sys;
    this.fd = sys.open(path, O_RDONLY);
    this.size = sys.fstat(this.fd).size;
  }

  read(into: Uint8Array, offset: number): number {
    return this.#sys.pread(this.fd, into, offset);
  }

  close(): void {
    this.#sys.close(this.fd);
  }
}
