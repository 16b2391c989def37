/**
 * What a run of npm test left behind: processes that carry its mark in their environment, arguments or folder, mounts and files
 * below its scratch folder, network namespaces that were not there before.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** Environment variable that every process of a run inherits. */
export const MARK = 'BHATTI_TEST_RUN';

export interface Process {
  readonly pid: number;
  readonly command: string;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // gone meanwhile, or another user's
  }
}

/** Working directory; with ' (deleted)' behind it when it is gone. */
function folderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // gone meanwhile
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Processes of the run but this one and its parents; zombies are gone as soon as their parent is. */
export function processesOf(scratch: string): Process[] {
  const mark = `${MARK}=${scratch}\0`;
  const found: Process[] = [];
  for (const pid of list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    if (pid === process.pid) continue;
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    if (command === '') continue;
    // A keeper clears its environment and names no path, but stands in the folder of its VM.
    const marked = command.includes(scratch) || folderOf(pid).startsWith(scratch);
    if (marked || `${read(`/proc/${pid}/environ`)}\0`.includes(mark)) found.push({ pid, command });
  }
  return found;
}

/** Mount points below the scratch folder. */
export function mountsOf(scratch: string, mountinfo: string = read('/proc/self/mountinfo')): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(scratch));
}

/** Named network namespaces of the machine. */
export const namespaces = (): string[] => list('/run/netns');

export interface Leftovers {
  readonly processes: readonly Process[];
  readonly mounts: readonly string[];
  readonly namespaces: readonly string[];
  readonly files: readonly string[];
}

export function leftovers(scratch: string, namespacesBefore: readonly string[]): Leftovers {
  return {
    processes: processesOf(scratch),
    mounts: mountsOf(scratch),
    namespaces: namespaces().filter((name) => !namespacesBefore.includes(name) && name.includes(basename(scratch))),
    files: list(scratch),
  };
}

/** A line for each thing left; empty when there is none. */
export function describe(left: Leftovers): string[] {
  return [
    ...left.processes.map(({ pid, command }) => `process ${pid}: ${command.slice(0, 200)}`),
    ...left.mounts.map((point) => `mount ${point}`),
    ...left.namespaces.map((name) => `network namespace ${name}`),
    ...left.files.map((name) => `file ${name} in the scratch folder`),
  ];
}
