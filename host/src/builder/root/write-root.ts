/** Writes a root as one tar: each folder before what is in it, each file once and its other names as links to it. */
import type { FileHandle } from 'node:fs/promises';
import { BLOCK, padded } from '../tar/entry.ts';
import { tarHeader } from '../tar/write-header.ts';
import type { Folder, Inode, Node } from './root-tree.ts';

const CHUNK = 1024 * 1024;

export interface RootWriter {
  /** The archives by their number; -1 has no content. */
  readonly archives: readonly FileHandle[];
  readonly to: FileHandle;
  readonly signal: AbortSignal;
  /** Told of every file's bytes. */
  readonly onBytes?: (bytes: number) => void;
}

export interface RootSize {
  readonly files: number;
  /** Content, rounded up to the blocks of an ext4. */
  readonly bytes: number;
}

const EXT4_BLOCK = 4096;

/** What it takes when unpacked; holes count. */
export function rootSize(root: Folder): RootSize {
  const seen = new Set<Inode>();
  let bytes = 0;
  const add = (node: Node): void => {
    if (seen.has(node.inode)) return;
    seen.add(node.inode);
    bytes += Math.ceil(node.inode.size / EXT4_BLOCK) * EXT4_BLOCK + ('children' in node ? EXT4_BLOCK : 0);
    if ('children' in node) for (const child of node.children.values()) add(child);
  };
  add(root);
  return { files: seen.size, bytes };
}

export async function writeRoot(root: Folder, writer: RootWriter): Promise<void> {
  const first = new Map<Inode, string>();
  const write = async (node: Node, name: string): Promise<void> => {
    writer.signal.throwIfAborted();
    const { inode } = node;
    const before = first.get(inode);
    if (before !== undefined) {
      await append(
        writer,
        tarHeader({ ...inode, extended: new Map(), name, type: 'hardlink', target: before, size: 0 }),
      );
      return;
    }
    if (!('children' in node)) first.set(inode, name);
    await append(writer, tarHeader({ ...inode, name }));
    await copyContent(writer, inode);
    if ('children' in node)
      for (const [part, child] of node.children) await write(child, `${name}${part}${tail(child)}`);
  };
  await write(root, './');
  await append(writer, Buffer.alloc(2 * BLOCK));
}

const tail = (node: Node): string => ('children' in node ? '/' : '');

async function append({ to }: RootWriter, bytes: Buffer): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await to.write(bytes, at)).bytesWritten;
}

async function copyContent(writer: RootWriter, inode: Inode): Promise<void> {
  const archive = writer.archives[inode.archive];
  if (inode.size === 0) return;
  if (archive === undefined) throw new RangeError(`there is no archive ${inode.archive}`);
  const buffer = Buffer.alloc(Math.min(CHUNK, padded(inode.size)));
  for (let at = 0; at < inode.size; ) {
    const length = Math.min(buffer.length, inode.size - at);
    const { bytesRead } = await archive.read(buffer, 0, length, inode.offset + at);
    if (bytesRead === 0) throw new Error('an archive became shorter while it was read');
    at += bytesRead;
    writer.onBytes?.(bytesRead);
    const end = at === inode.size ? padded(at) - at : 0;
    buffer.fill(0, bytesRead, bytesRead + end);
    await append(writer, buffer.subarray(0, bytesRead + end));
  }
}
