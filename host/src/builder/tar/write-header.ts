/** A member's header as POSIX pax has it: ustar, preceded by an extended header where that cannot say it. */
import { BLOCK, FLAGS, padded, type TarEntry } from './entry.ts';

/** What 7 octal digits hold. */
const SHORT_MAX = 0o7777777;
const SIZE_MAX = 0o77777777777;

export type Header = Omit<TarEntry, 'offset'>;

/** @returns all blocks before the content */
export function tarHeader(entry: Header): Buffer {
  const extended = new Map(entry.extended);
  const sparse = extended.has('GNU.sparse.name');
  if (sparse) extended.set('GNU.sparse.name', entry.name);
  if (Buffer.byteLength(entry.name, 'latin1') > 100) extended.set('path', entry.name);
  if (entry.target.length > 100) extended.set('linkpath', entry.target);
  if (entry.uid > SHORT_MAX) extended.set('uid', `${entry.uid}`);
  if (entry.gid > SHORT_MAX) extended.set('gid', `${entry.gid}`);
  if (entry.size > SIZE_MAX) extended.set('size', `${entry.size}`);
  const header = ustar({ ...entry, flag: FLAGS[entry.type] });
  if (extended.size === 0) return header;
  const records = Buffer.concat([...extended].map(([key, value]) => record(key, value)));
  const content = Buffer.alloc(padded(records.length));
  records.copy(content);
  const plain = { mode: 0o644, uid: 0, gid: 0, mtime: 0, target: '', major: 0, minor: 0 };
  return Buffer.concat([ustar({ ...plain, name: 'PaxHeader', size: records.length, flag: 'x' }), content, header]);
}

function record(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`, 'latin1');
  let length = rest.length;
  while (rest.length + `${length}`.length !== length) length = rest.length + `${length}`.length;
  return Buffer.concat([Buffer.from(`${length}`), rest]);
}

function ustar(entry: Omit<Header, 'type' | 'extended'> & { flag: string }): Buffer {
  const header = Buffer.alloc(BLOCK);
  const put = (at: number, size: number, value: string): void => void header.write(value.slice(0, size), at, 'latin1');
  const octal = (at: number, size: number, value: number): void =>
    put(
      at,
      size,
      Math.min(value, size > 8 ? SIZE_MAX : SHORT_MAX)
        .toString(8)
        .padStart(size - 1, '0'),
    );
  put(0, 100, entry.name);
  octal(100, 8, entry.mode);
  octal(108, 8, entry.uid);
  octal(116, 8, entry.gid);
  octal(124, 12, entry.size);
  octal(136, 12, entry.mtime);
  put(156, 1, entry.flag);
  put(157, 100, entry.target);
  put(257, 8, 'ustar\x0000');
  octal(329, 8, entry.major);
  octal(337, 8, entry.minor);
  put(148, 8, '        ');
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, 8, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}
