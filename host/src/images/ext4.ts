/** What bhatti reads of an ext4 superblock (Documentation/filesystems/ext4/super.rst of Linux). */

/** Bytes to read from the start of the image. */
export const SUPERBLOCK_END = 2048;
const SUPERBLOCK = 1024;
const MAGIC = 0xef53;
const INCOMPAT_64BIT = 0x80;

export interface Superblock {
  /** Bytes the file system spans: the file must have at least as many. */
  readonly size: number;
  /** Bytes that files take; metadata and journal left out, as df(1) counts. */
  readonly used: number;
  readonly label: string;
}

/** @returns null when this is not the start of an ext file system */
export function readSuperblock(head: Buffer): Superblock | null {
  if (head.length < SUPERBLOCK_END) return null;
  const at = (offset: number) => head.readUInt32LE(SUPERBLOCK + offset);
  if (head.readUInt16LE(SUPERBLOCK + 0x38) !== MAGIC) return null;
  const logBlockSize = at(0x18);
  if (logBlockSize > 6) return null;
  const blockSize = 1024 << logBlockSize;
  const wide = (at(0x60) & INCOMPAT_64BIT) !== 0;
  const blocks = at(0x04) + (wide ? at(0x150) * 2 ** 32 : 0);
  const free = at(0x0c) + (wide ? at(0x158) * 2 ** 32 : 0);
  const overhead = at(0x248);
  if (blocks === 0 || free > blocks) return null;
  const name = head.toString('latin1', SUPERBLOCK + 0x78, SUPERBLOCK + 0x88);
  return {
    size: blocks * blockSize,
    used: Math.max(0, blocks - free - overhead) * blockSize,
    label: name.split('\0', 1)[0] ?? '',
  };
}
