/** Processes of a control group and of those below it, drawn as a tree. What to draw is pure; what there is, /sys and /proc tell. */
import type { Stat, Sys } from '@bhatti/runtime/sys.ts';
import { quoteCommandLine, splitCommandLine } from '../../journal/command-line.ts';
import { ellipsize } from '../log-output/printable.ts';
import type { Palette } from '../text/colour.ts';
import type { Glyphs } from '../text/glyphs.ts';

const CGROUPS = '/sys/fs/cgroup';
const PIDS_SIZE_MAX = 1024 * 1024;
const COMMAND_LINE_MAX = 256 * 1024;
const NAMES_MAX = 65_536;
/** Groups nested deeper than this are not shown. */
const DEPTH_MAX = 32;

export interface ProcessGroup {
  /** Last part of the path. */
  readonly name: string;
  readonly processes: readonly { readonly pid: number; readonly command: string }[];
  readonly children: readonly ProcessGroup[];
}

export type TreeSys = Pick<Sys, 'readFile' | 'readdir' | 'decode'> & { stat(path: string): Pick<Stat, 'nlink'> };
/** Of a folder without folders in it. */
const NLINK_MIN = 2;

function read(sys: TreeSys, path: string, limit: number): string {
  try {
    return sys.decode(sys.readFile(path, limit));
  } catch {
    return '';
  }
}

function commandOf(sys: TreeSys, pid: number): string | null {
  const argv = splitCommandLine(read(sys, `/proc/${pid}/cmdline`, COMMAND_LINE_MAX));
  if (argv.length > 0) return quoteCommandLine(argv);
  const name = read(sys, `/proc/${pid}/comm`, COMMAND_LINE_MAX).replace(/\n$/, '');
  return name === '' ? null : `[${name}]`;
}

/** @param path of the group, `/system.slice/x.service` @returns null when neither it nor what is below has a process */
export function readProcesses(sys: TreeSys, path: string, depth = 0): ProcessGroup | null {
  const folder = `${CGROUPS}${path === '/' ? '' : path}`;
  const processes: { pid: number; command: string }[] = [];
  for (const line of read(sys, `${folder}/cgroup.procs`, PIDS_SIZE_MAX).split('\n')) {
    const pid = Number(line);
    // A process of another pid namespace shows as 0; kernel threads have no command line and live in the root.
    const command = pid > 0 ? commandOf(sys, pid) : null;
    if (command !== null && !(depth === 0 && path === '/' && command.startsWith('['))) processes.push({ pid, command });
  }
  const children: ProcessGroup[] = [];
  if (depth < DEPTH_MAX) {
    for (const name of foldersIn(sys, folder)) {
      const child = readProcesses(sys, `${path === '/' ? '' : path}/${name}`, depth + 1);
      if (child !== null) children.push(child);
    }
  }
  if (processes.length === 0 && children.length === 0) return null;
  processes.sort((a, b) => a.pid - b.pid);
  return { name: path.slice(path.lastIndexOf('/') + 1), processes, children };
}

function foldersIn(sys: TreeSys, folder: string): string[] {
  try {
    if (sys.stat(folder).nlink === NLINK_MIN) return [];
    const entries = sys.readdir(folder, NAMES_MAX).filter((entry) => entry.type === 'directory');
    return entries.map((entry) => entry.name).sort();
  } catch {
    return [];
  }
}

export interface TreeStyle {
  readonly glyphs: Glyphs;
  readonly colours: Palette;
  /** Columns for a command; 0: as long as it is. */
  readonly columns: number;
}

/** @returns lines, each with its line feed */
export function drawProcesses(group: ProcessGroup, prefix: string, style: TreeStyle): string {
  const { glyphs, colours, columns } = style;
  const { processes, children } = group;
  const pidWidth = String(processes.at(-1)?.pid ?? 0).length;
  const room = columns === 0 ? 0 : Math.max(columns - 3 - pidWidth, 20);
  let out = '';
  for (const [i, { pid, command }] of processes.entries()) {
    const last = i === processes.length - 1 && children.length === 0;
    const text = room === 0 ? command : ellipsize(command, room, 100);
    const sign = last ? glyphs.last : glyphs.branch;
    out += `${prefix}${sign}${colours.grey}${String(pid).padStart(pidWidth)} ${text}${colours.normal}\n`;
  }
  const below = { ...style, columns: columns === 0 ? 0 : Math.max(columns - 2, 20) };
  for (const [i, child] of children.entries()) {
    const last = i === children.length - 1;
    out += `${prefix}${last ? glyphs.last : glyphs.branch}${child.name}\n`;
    out += drawProcesses(child, prefix + (last ? glyphs.space : glyphs.vertical), below);
  }
  return out;
}
