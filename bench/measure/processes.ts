/** What /proc says of processes: proc(5). */
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, 100 on every Linux that Node runs on (times(2)). */
const TICKS_PER_SECOND = 100;

function numberIn(path: string, key: string): number {
  const line = new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync(path, 'utf8'));
  if (line === null) throw new Error(`${path} has no ${key}`);
  return Number(line[1]);
}

/** Proportional set size: shared pages count by how many share them. */
export const proportionalMib = (pid: number): number => numberIn(`/proc/${pid}/smaps_rollup`, 'Pss') / 1024;
export const residentMib = (pid: number): number => numberIn(`/proc/${pid}/status`, 'VmRSS') / 1024;
export const parentOf = (pid: number): number => numberIn(`/proc/${pid}/status`, 'PPid');
export const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

export type MemoryPart = 'memory of the guest' | 'translated code' | 'heap and stacks' | 'programs and libraries';

/** Where proportional memory goes, MiB, of /proc/PID/smaps. */
export function partsOf(smaps: string): Record<MemoryPart, number> {
  const parts = { 'memory of the guest': 0, 'translated code': 0, 'heap and stacks': 0, 'programs and libraries': 0 };
  let part: MemoryPart = 'heap and stacks';
  for (const line of smaps.split('\n')) {
    const [, rights = '', path = ''] = /^[0-9a-f]+-[0-9a-f]+ (\S{4}) \S+ \S+ \d+ *(.*)$/.exec(line) ?? [];
    if (rights !== '') part = partOf(rights, path);
    const kib = /^Pss: +(\d+)/.exec(line)?.[1];
    if (kib !== undefined) parts[part] += Number(kib) / 1024;
  }
  return parts;
}

function partOf(rights: string, path: string): MemoryPart {
  if (path.startsWith('/memfd:')) return 'memory of the guest';
  if (path.startsWith('/')) return 'programs and libraries';
  return rights.includes('x') && path === '' ? 'translated code' : 'heap and stacks';
}

export const memoryPartsOf = (pid: number): Record<MemoryPart, number> =>
  partsOf(readFileSync(`/proc/${pid}/smaps`, 'utf8'));

/** Processor time used so far, in ms. */
export function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Fields after the name, which is in brackets and may hold anything; utime and stime are the 14th and 15th of all.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** Processes with this text among their arguments. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false; // ended meanwhile
      }
    });
}
