/** What /proc tells of memory that a process maps from a file: proc_pid_maps(5), proc_pid_pagemap(5). Pure. */

/** A part of a file in a process's memory, in bytes. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  /** In the file. */
  readonly offset: number;
}

/** Bytes from `start` to `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) \S+ (\d+)/;

/** The mappings of the file with this inode, in the order of their addresses. @param maps content of /proc/PID/maps */
export function mappingsOf(maps: string, inode: number): Mapping[] {
  return maps.split('\n').flatMap((line) => {
    const [, start, end, offset, of] = LINE.exec(line) ?? [];
    if (start === undefined || end === undefined || offset === undefined || Number(of) !== inode) return [];
    return [{ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16), offset: Number.parseInt(offset, 16) }];
  });
}

/** Bits 63 and 62: the page is in memory or swapped out; bit 61: it is the file's. All in the upper half of an entry. */
const IS_THERE = 0xc0000000;
const IS_FILES = 0x20000000;
const ENTRY_SIZE = 8;

/** Pages that the process has of its own, as ranges of their numbers. @param entries a part of /proc/PID/pagemap */
export function ownPages(entries: Uint8Array): Range[] {
  const halves = new Uint32Array(entries.buffer, entries.byteOffset, entries.byteLength / 4);
  const count = entries.byteLength / ENTRY_SIZE;
  const ranges: Range[] = [];
  let start = -1;
  for (let page = 0; page < count; page += 1) {
    const upper = halves[2 * page + 1] ?? 0;
    const own = (upper & IS_THERE) !== 0 && (upper & IS_FILES) === 0;
    if (own && start < 0) start = page;
    if (own || start < 0) continue;
    ranges.push({ start, end: page });
    start = -1;
  }
  if (start >= 0) ranges.push({ start, end: count });
  return ranges;
}
