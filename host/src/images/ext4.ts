/** What bhatti reads of an ext4 superblock (Documentation/filesystems/ext4/super.rst of Linux). */

/** Bytes to read from the start of the image. */
export const SUPERBLOCK_END = 2048;
const SUPERBLOCK = 1024;
const MAGIC = 0xef53;
const INCOMPAT_EXTENTS = 0x40;
const INCOMPAT_64BIT = 0x80;

export interface Superblock {
  /** Bytes the file system spans: the file must have at least as many. */
  readonly size: number;
  /** Bytes that files take; metadata and journal left out, as df(1) counts. */
  readonly used: number;
  readonly uuid: string;
}

/** @returns null when this is not the start of an ext4 file system (nor, without extents, of ext2 or ext3) */
export function readSuperblock(head: Buffer): Superblock | null {
  if (head.length < SUPERBLOCK_END || head.readUInt16LE(SUPERBLOCK + 0x38) !== MAGIC) return null;
  const at = (offset: number) => head.readUInt32LE(SUPERBLOCK + offset);
  const logBlockSize = at(0x18);
  const features = at(0x60);
  if (logBlockSize > 6 || (features & INCOMPAT_EXTENTS) === 0) return null;
  const blockSize = 1024 << logBlockSize;
  const wide = (features & INCOMPAT_64BIT) !== 0;
  const blocks = at(0x04) + (wide ? at(0x150) * 2 ** 32 : 0);
  const free = at(0x0c) + (wide ? at(0x158) * 2 ** 32 : 0);
  const overhead = at(0x248);
  if (blocks === 0 || free > blocks) return null;
  return {
    size: blocks * blockSize,
    used: Math.max(0, blocks - free - overhead) * blockSize,
    uuid: head
      .toString('hex', SUPERBLOCK + 0x68, SUPERBLOCK + 0x78)
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  };
}
