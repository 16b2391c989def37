/** What the journal may take; journald.conf(5) has the same four with other defaults. */
export interface JournalLimits {
  /** A file is put aside when it has this many bytes. */
  readonly fileBytes: number;
  /** All files together. */
  readonly totalBytes: number;
  /** What stays free on the file system; below it nothing is written. */
  readonly keepFreeBytes: number;
  /** Files; units that come and go under new names must not fill a folder. */
  readonly files: number;
}

const MIB = 1024 * 1024;

/** A tenth of the file system, at most 1 GiB; a twentieth of it, at most 512 MiB, stays free for others. */
export function limitsFor(fileSystemBytes: number): JournalLimits {
  const totalBytes = Math.min(Math.max(Math.floor(fileSystemBytes / 10), 4 * MIB), 1024 * MIB);
  return {
    fileBytes: Math.max(Math.floor(totalBytes / 16), MIB),
    totalBytes,
    keepFreeBytes: Math.min(Math.floor(fileSystemBytes / 20), 512 * MIB),
    files: 512,
  };
}

/** A file of the journal as the folder lists it. */
export interface StoredFile {
  readonly name: string;
  readonly key: string;
  /** Absent: the file that is written now. */
  readonly archivedFrom?: number;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface Bounds {
  readonly totalBytes: number;
  readonly files: number;
  /** Archived files that were last written before go. */
  readonly olderThanMs?: number;
}

/**
 * Files to delete, oldest first: archived ones until the bounds hold; when there are too many files, those written
 * longest ago, active or not, except the system's and the kernel's.
 */
export function filesToDelete(files: readonly StoredFile[], bounds: Bounds): StoredFile[] {
  const archived = files
    .filter((file) => file.archivedFrom !== undefined)
    .sort((a, b) => (a.archivedFrom ?? 0) - (b.archivedFrom ?? 0));
  const chosen = new Set<StoredFile>();
  let total = files.reduce((sum, file) => sum + file.size, 0);
  for (const file of archived) {
    const old = bounds.olderThanMs !== undefined && file.mtimeMs < bounds.olderThanMs;
    if (!old && total <= bounds.totalBytes && files.length - chosen.size <= bounds.files) continue;
    chosen.add(file);
    total -= file.size;
  }
  const left = files
    .filter((file) => !chosen.has(file) && file.key.includes('.'))
    .sort((a, b) => a.mtimeMs - b.mtimeMs);
  for (const file of left) {
    if (files.length - chosen.size <= bounds.files) break;
    chosen.add(file);
  }
  return [...chosen];
}
