/** What would be free if some folders went, to the byte. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK_SIZE = 512;

interface Link {
  readonly folder: string;
  readonly inode: string;
  readonly bytes: number;
  readonly links: number;
}

/** Of a folder that goes away while we look, what was seen. */
async function linksIn(folder: string): Promise<Link[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const all = await Promise.all(
    ['', ...names].map(async (name): Promise<Link[]> => {
      const found = await stat(join(folder, name)).catch(() => null);
      if (found === null) return [];
      const links = found.isDirectory() ? 1 : found.nlink;
      return [{ folder, inode: `${found.dev}:${found.ino}`, bytes: found.blocks * BLOCK_SIZE, links }];
    }),
  );
  return all.flat();
}

/**
 * Blocks that are free once all of these folders are gone, by folder: a file that is linked from elsewhere frees nothing,
 * and one that two of them share counts where it is found first.
 */
export async function diskBytesOf(folders: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = (await Promise.all(folders.map(linksIn))).flat();
  const byInode = Map.groupBy(found, ({ inode }) => inode);
  const bytes = new Map(folders.map((folder) => [folder, 0]));
  for (const links of byInode.values()) {
    const [first] = links;
    if (first === undefined || links.length < first.links) continue;
    bytes.set(first.folder, (bytes.get(first.folder) ?? 0) + first.bytes);
  }
  return bytes;
}

/** What a file holds that has no name, through the descriptor of its keeper. */
export async function heldBytes(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found === null ? 0 : found.blocks * BLOCK_SIZE;
}
