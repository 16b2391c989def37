/**
 * Which boots the journal knows. Numbers of entries go on through all boots, and each boot begins with lines in the
 * system's and the kernel's file; so the place where the boot id changes in those two is where a boot begins.
 */
import type { Entry } from './entry.ts';
import { FileReader } from './file-reader.ts';
import { type FolderSys, listFiles, newestFirst, OpenFile } from './folder.ts';
import { KERNEL_KEY, SYSTEM_KEY } from './places.ts';

export interface Boot {
  readonly id: string;
  /** Numbers of its entries; the last boot has no end. */
  readonly firstSeq: number;
  readonly lastSeq?: number;
}

const bootOf = (entry: Entry): string => entry.context.get('_BOOT_ID') ?? '';

/** First entry of each stretch of one boot in a file. */
function* beginnings(reader: FileReader): Generator<Entry> {
  let from = 0;
  while (from < reader.size) {
    const first = reader.forward(from).next();
    if (first.done) return;
    yield first.value;
    const boot = bootOf(first.value);
    const { seq } = first.value.record;
    from = reader.bisect((entry) => entry.record.seq > seq && bootOf(entry) !== boot);
  }
}

/** All boots, oldest first. */
export function listBoots(sys: FolderSys, folder: string): Boot[] {
  const first = new Map<string, number>();
  for (const file of newestFirst(listFiles(sys, folder, (key) => key === SYSTEM_KEY || key === KERNEL_KEY))) {
    const open = new OpenFile(sys, `${folder}/${file.name}`);
    try {
      for (const entry of beginnings(new FileReader(open))) {
        const id = bootOf(entry);
        first.set(id, Math.min(first.get(id) ?? Number.MAX_SAFE_INTEGER, entry.record.seq));
      }
    } finally {
      open.close();
    }
  }
  const sorted = [...first].filter(([id]) => id !== '').sort((a, b) => a[1] - b[1]);
  return sorted.map(([id, firstSeq], i) => {
    const next = sorted[i + 1];
    return next === undefined ? { id, firstSeq } : { id, firstSeq, lastSeq: next[1] - 1 };
  });
}
