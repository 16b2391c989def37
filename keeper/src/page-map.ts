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

/**
 * The highest byte of an entry of a page that the process has of its own: bit 63 or 62 (it is in memory or swapped out),
 * not bit 61 (it is the file's); bits 57 and 56 may be set.
 */
const OWN = [0x80, 0x81, 0x82, 0x83, 0x40, 0x41, 0x42, 0x43];
const ENTRY_SIZE = 8;
const HIGHEST = ENTRY_SIZE - 1;

/** Sys.probe */
export type Probe = (bytes: Uint8Array, byte: number, from: number, step: number) => number;

/**
 * Pages that the process has of its own, as ranges of their numbers, in no order. Of a gigabyte's entries most are of other
 * pages: they are skipped by `probe`, natively.
 * @param entries a part of /proc/PID/pagemap
 */
export function ownPages(entries: Uint8Array, probe: Probe): Range[] {
  const ranges: Range[] = [];
  for (const byte of OWN) {
    for (let at = probe(entries, byte, HIGHEST, ENTRY_SIZE); at >= 0; at = probe(entries, byte, at, ENTRY_SIZE)) {
      const start = at;
      while (entries[at] === byte) at += ENTRY_SIZE;
      ranges.push({ start: (start - HIGHEST) / ENTRY_SIZE, end: (at - HIGHEST) / ENTRY_SIZE });
    }
  }
  return ranges;
}
