/**
 * `lohar survey`: what a sandbox holds, a line of JSON each (@bhatti/wire/survey.ts). A program of its own, because
 * PID 1 may not look at every file there is.
 */
import { formatIp } from '@bhatti/runtime/linux/ip-text.ts';
import type { Runtime } from '@bhatti/runtime/start.ts';
import { type DirEntry, type Stat, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { SurveyLine } from '@bhatti/wire/survey.ts';
import { quoteCommandLine, splitCommandLine } from './journal/command-line.ts';
import { startOf } from './process-stat.ts';
import { readText } from './read-text.ts';
import { socketRows } from './socket-table.ts';

const STDOUT = 1;
const ENTRIES_MAX = 1_000_000;
const COMMAND_LINE_MAX = 64 * 1024;
const TABLE_SIZE_MAX = 16 * 1024 * 1024;
/** Lines are written so many characters at a time. */
const PIECE = 32 * 1024;
/** The sandbox's own disk, and where programs leave files that are not on it. */
const ROOTS = ['/', '/tmp', '/dev/shm'];

export function survey({ sys }: Runtime): never {
  let waiting = '';
  const flush = (): void => {
    for (let bytes = sys.encode(waiting); bytes.length > 0; ) bytes = bytes.subarray(sys.write(STDOUT, bytes));
    waiting = '';
  };
  const say = (line: SurveyLine): void => {
    waiting += `${JSON.stringify(line)}\n`;
    if (waiting.length > PIECE) flush();
  };
  surveyProcesses(sys, say);
  surveyPorts(sys, say);
  for (const root of ROOTS) surveyFiles(sys, root, say);
  flush();
  return sys.exit(0);
}

type Say = (line: SurveyLine) => void;

/** Everything below a folder on its own file system; what goes meanwhile is left out. */
function surveyFiles(sys: Sys, root: string, say: Say): void {
  const device = deviceOf(statOrNull(sys, root));
  if (device === null) return;
  for (const folders = [root]; folders.length > 0; ) {
    const folder = folders.pop() ?? root;
    for (const { name } of entriesOf(sys, folder)) {
      const path = folder === '/' ? `/${name}` : `${folder}/${name}`;
      const stat = statOrNull(sys, path);
      if (stat === null || deviceOf(stat) !== device) continue;
      const { type, mode, uid, gid, size, mtimeMs, ctimeMs } = stat;
      const target = type === 'symlink' ? orNull(() => sys.readlink(path)) : null;
      const more = target === null ? {} : { target };
      say({ is: 'file', path, type, mode, uid, gid, size, mtimeMs, ctimeMs, ...more });
      if (type === 'directory') folders.push(path);
    }
  }
}

const deviceOf = (stat: Stat | null): string | null => stat?.id.split(':')[0] ?? null;
const statOrNull = (sys: Sys, path: string): Stat | null => orNull(() => sys.lstat(path));
const entriesOf = (sys: Sys, folder: string): DirEntry[] => orNull(() => sys.readdir(folder, ENTRIES_MAX)) ?? [];

/** Without threads of the kernel, and without this one. */
function surveyProcesses(sys: Sys, say: Say): void {
  const own = sys.getpid();
  for (const { name } of entriesOf(sys, '/proc')) {
    const pid = Number(name);
    if (!/^\d+$/.test(name) || pid === own) continue;
    const argv = splitCommandLine(readText(sys, `/proc/${name}/cmdline`, COMMAND_LINE_MAX));
    if (argv.length === 0) continue;
    const startTicks = startOf(readText(sys, `/proc/${name}/stat`, COMMAND_LINE_MAX));
    if (startTicks !== null) say({ is: 'process', pid, startTicks, command: quoteCommandLine(argv) });
  }
}

function surveyPorts(sys: Sys, say: Say): void {
  for (const [protocol, file] of [
    ['tcp', 'tcp'],
    ['tcp', 'tcp6'],
    ['udp', 'udp'],
    ['udp', 'udp6'],
  ] as const)
    for (const place of listeningIn(readText(sys, `/proc/net/${file}`, TABLE_SIZE_MAX), protocol))
      say({ is: 'port', protocol, ...place });
}

/** include/net/tcp_states.h: a UDP socket that is not connected counts as closed. */
const STATE = { tcp: '0A', udp: '07' } as const;

/** Sockets of /proc/net/tcp or udp that wait for whoever comes. */
export function listeningIn(table: string, protocol: 'tcp' | 'udp'): { address: string; port: number }[] {
  return socketRows(table)
    .filter(({ state }) => state === STATE[protocol])
    .map(({ local: { address, port } }) => ({ address: formatIp(address), port }));
}

function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof SysError) return null;
    throw error;
  }
}
