/** Numbers of the first and the last message of a journal file. */
import { FileReader, type Source } from './file-reader.ts';
import { type FolderSys, OpenFile } from './folder.ts';

/** 0 when it has none. */
export function firstSeq(source: Source): number {
  for (const entry of new FileReader(source).forward()) return entry.record.seq;
  return 0;
}

/** 0 when it has none or cannot be read. */
export function lastSeq(sys: FolderSys, path: string): number {
  let file: OpenFile;
  try {
    file = new OpenFile(sys, path);
  } catch {
    return 0;
  }
  try {
    for (const entry of new FileReader(file).backward()) return entry.record.seq;
    return 0;
  } finally {
    file.close();
  }
}
