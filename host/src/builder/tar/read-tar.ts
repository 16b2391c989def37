/** Lists a tar archive: POSIX pax and ustar, GNU's long names. Every length is bounded, for archives are anybody's. */
import type { FileHandle } from 'node:fs/promises';
import { BLOCK, type EntryType, FLAGS, isKept, padded, type TarEntry } from './entry.ts';

/** An extended header or a long name; a path has 4096 bytes at most, attributes 64 KiB each. */
const EXTENDED_SIZE_MAX = 1024 * 1024;
/** Members of one archive: a root of a million files is a hundred times a tier. */
export const ENTRIES_MAX = 1_000_000;
const NAME_SIZE_MAX = 4096;
const TYPES = new Map<string, EntryType>([
  ...(Object.entries(FLAGS) as [EntryType, string][]).map(([type, flag]) => [flag, type] as const),
  ['\0', 'file'],
  ['7', 'file'],
]);

/** An archive that is none, or that goes beyond the bounds. */
export class BadTar extends Error {}

/** What headers of their own say about the member that follows. */
interface Pending {
  readonly extended: Map<string, string>;
  name?: string;
  target?: string;
}

/** @throws BadTar */
export async function* readTar(file: FileHandle): AsyncGenerator<TarEntry> {
  const { size: end } = await file.stat();
  const header = Buffer.alloc(BLOCK);
  let pending: Pending = { extended: new Map() };
  let entries = 0;
  for (let at = 0; at + BLOCK <= end; ) {
    await file.read(header, 0, BLOCK, at);
    at += BLOCK;
    if (isEmpty(header)) continue; // two of them end an archive; another may follow
    if (!checksumFits(header)) throw new BadTar(`there is no header at byte ${at - BLOCK}`);
    const flag = text(header, 156, 1) || '\0';
    const size = number(header, 124, 12);
    if ('xgLK'.includes(flag)) {
      if (size > EXTENDED_SIZE_MAX) throw new BadTar(`a header of ${size} bytes, ${EXTENDED_SIZE_MAX} are allowed`);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, at);
      if (bytesRead < size) throw new BadTar('it is cut short');
      take(pending, flag, buffer);
      at += padded(size);
      continue;
    }
    entries += 1;
    if (entries > ENTRIES_MAX) throw new BadTar(`more than ${ENTRIES_MAX} members`);
    const entry = entryOf(header, flag, pending, { offset: at, size });
    if (at + entry.size > end) throw new BadTar(`it is cut short in ${entry.name}`);
    yield entry;
    at += padded(entry.size);
    pending = { extended: new Map() };
  }
}

function entryOf(header: Buffer, flag: string, pending: Pending, at: { offset: number; size: number }): TarEntry {
  const type = TYPES.get(flag);
  if (type === undefined) throw new BadTar(`a member of the unknown type ${JSON.stringify(flag)}`);
  const { extended } = pending;
  const own = (key: string, otherwise: number): number => numberOf(extended.get(key)) ?? otherwise;
  const name = extended.get('GNU.sparse.name') ?? pending.name ?? extended.get('path') ?? nameOf(header);
  const target = pending.target ?? extended.get('linkpath') ?? text(header, 157, 100);
  if (name.length > NAME_SIZE_MAX || target.length > NAME_SIZE_MAX) throw new BadTar('a name of more than 4096 bytes');
  // Only files have content; a link's size is that of its target with some packers.
  const size = type === 'file' ? own('size', at.size) : 0;
  return {
    name,
    type: type === 'file' && name.endsWith('/') ? 'directory' : type,
    mode: number(header, 100, 8) & 0o7777,
    uid: own('uid', number(header, 108, 8)),
    gid: own('gid', number(header, 116, 8)),
    mtime: Math.max(0, Math.floor(own('mtime', number(header, 136, 12)))),
    target,
    major: type === 'character' || type === 'block' ? number(header, 329, 8) : 0,
    minor: type === 'character' || type === 'block' ? number(header, 337, 8) : 0,
    extended: new Map([...extended].filter(([key]) => isKept(key))),
    offset: at.offset,
    size,
  };
}

function take(pending: Pending, flag: string, content: Buffer): void {
  if (flag === 'L') pending.name = untilNul(content.toString('latin1'));
  else if (flag === 'K') pending.target = untilNul(content.toString('latin1'));
  else if (flag === 'x') for (const [key, value] of extendedRecords(content)) pending.extended.set(key, value);
  // 'g' tells about the archive as a whole: a comment, as git writes it
}

/** "LENGTH KEY=VALUE\n", where the length is that of the whole record. */
function extendedRecords(content: Buffer): [string, string][] {
  const records: [string, string][] = [];
  for (let at = 0; at < content.length && content[at] !== 0; ) {
    const blank = content.indexOf(0x20, at);
    const length = Number(content.toString('latin1', at, blank));
    const record = content.toString('latin1', blank + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (blank < 0 || !Number.isSafeInteger(length) || length < 5 || at + length > content.length || equals < 1)
      throw new BadTar('an extended header that cannot be read');
    records.push([record.slice(0, equals), record.slice(equals + 1)]);
    at += length;
  }
  return records;
}

function nameOf(header: Buffer): string {
  const name = text(header, 0, 100);
  // GNU's own format has times where POSIX has the prefix.
  const prefix = text(header, 257, 8).startsWith('ustar\0') ? text(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

const untilNul = (value: string): string => value.split('\0', 1)[0] ?? '';

function text(header: Buffer, at: number, size: number): string {
  const raw = header.toString('latin1', at, at + size);
  return size === 8 && at === 257 ? raw : untilNul(raw);
}

function numberOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (!Number.isFinite(parsed) || parsed > Number.MAX_SAFE_INTEGER) throw new BadTar(`the number ${value}`);
  return parsed;
}

/** Octal digits, or GNU's binary when the first bit is set. */
function number(header: Buffer, at: number, size: number): number {
  const first = header[at] ?? 0;
  let value = 0;
  if ((first & 0x80) !== 0) {
    if (first !== 0x80) throw new BadTar('a negative number');
    for (let i = 1; i < size; i += 1) value = value * 256 + (header[at + i] ?? 0);
  } else {
    const digits = untilNul(header.toString('latin1', at, at + size)).trim();
    if (!/^[0-7]*$/.test(digits)) throw new BadTar('a number that is none');
    value = digits === '' ? 0 : Number.parseInt(digits, 8);
  }
  if (!Number.isSafeInteger(value)) throw new BadTar('a number that is too large');
  return value;
}

function isEmpty(header: Buffer): boolean {
  return header.every((byte) => byte === 0);
}

/** The sum of all bytes, its own field taken as blanks. */
function checksumFits(header: Buffer): boolean {
  const said = Number.parseInt(header.toString('latin1', 148, 156), 8);
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i += 1) if (i < 148 || i >= 156) sum += header[i] ?? 0;
  return sum === said;
}
