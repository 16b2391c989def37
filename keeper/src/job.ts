/**
 * What a keeper is told to do: one JSON file, `job.json`, in the folder of one VM. The host writes it, the keeper reads
 * it once at its start. All relative paths are names in that folder.
 *
 * Descriptor 3 + i of the child is `descriptors[i]`; 0 is /dev/null, 1 is a pipe whose bytes go to `console.log`, bounded by
 * `consoleLimit`, 2 is one whose last bytes go to `exit.json`.
 */

/** Longest job file: an argument vector of a VM has some 3 KiB. */
export const JOB_SIZE_MAX = 256 * 1024;
export const FIRST_DESCRIPTOR = 3;
const DESCRIPTORS_MAX = 32;

export const JOB_FILE = 'job.json';
export const EXIT_FILE = 'exit.json';
export const CONSOLE_FILE = 'console.log';
/** Where the memory of the child is saved to; the folder is the host's to make. Its first descriptor is its memory. */
export const MEMORY_FILE = 'saved.new/memory';
/** The keeper's own socket: tells how the child ends, takes the words of COMMANDS. */
export const CONTROL_SOCKET = 'k';

export type Access = 'r' | 'w' | 'rw';

export type Descriptor =
  /** A new memory file of `size` bytes, of what a file `from` holds. */
  | { readonly kind: 'memory'; readonly size: number; readonly from?: string }
  /** `w` creates and truncates. */
  | { readonly kind: 'open'; readonly path: string; readonly access: Access }
  /** A unix socket that listens, mode 0600, made before the child starts so that a client may connect at once. */
  | { readonly kind: 'listen'; readonly path: string };

export interface Job {
  /** Absolute path. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly descriptors: readonly Descriptor[];
  /** Drop to these before exec; absent: stay who the keeper is. */
  readonly user?: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] };
  /** Namespaces to enter, in this order: paths such as /proc/PID/fd/N. */
  readonly userNamespace?: string;
  readonly netNamespace?: string;
  /** Bytes; the older half goes when the log is longer. */
  readonly consoleLimit: number;
  /** Index of the memory descriptor to seal when the child ended well; the keeper then lives on to hold it. */
  readonly hold?: number;
}

/** How the child ended; content of `exit.json`. */
export interface ChildEnd {
  readonly code?: number;
  readonly signal?: number;
  /** The last of what it wrote to stderr. */
  readonly stderr: string;
  readonly endedMs: number;
}

/** What the keeper writes, one JSON line each: `ready` or `failed` to its stdout, all others to its control socket. */
export type Report =
  | { readonly is: 'ready'; readonly pid: number }
  | { readonly is: 'failed'; readonly message: string }
  /** First line on every control connection. `heldAs`: descriptor of the sealed memory in the keeper. */
  | { readonly is: 'state'; readonly keeper: number; readonly child?: number; readonly heldAs?: number }
  /** The same of the network's keeper: its descriptors of the namespaces. */
  | { readonly is: 'network'; readonly keeper: number; readonly net: number; readonly user?: number }
  | { readonly is: 'ended'; readonly end: ChildEnd; readonly heldAs?: number }
  /**
   * The memory of the child was copied. `chunks`: those with data, a bit each, in hex digits; `as`: the descriptor here of a
   * copy that lies in memory.
   */
  | { readonly is: 'saved'; readonly chunks: string; readonly as?: number }
  | { readonly is: 'unsaved'; readonly message: string };

/**
 * Words a client may write to the control socket, one a line: SIGKILL the child; let go of what is held and end; put the
 * network's rules in force again.
 *
 * `copy` writes the memory of the child, which may run, to MEMORY_FILE, `copy-held` to memory; `again` writes what may have
 * changed since, of a child that stands still, and seals what is held; `drop` forgets the copy.
 */
export const COMMANDS = ['kill', 'release', 'reload', 'copy', 'copy-held', 'again', 'drop'] as const;
export type Command = (typeof COMMANDS)[number];

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function isText(value: unknown): value is string {
  return isWord(value) && value.length > 0;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isDescriptor(value: unknown): value is Descriptor {
  if (!isFields(value)) return false;
  if (value.kind === 'memory')
    return isCount(value.size) && value.size > 0 && (value.from === undefined || isText(value.from));
  if (value.kind === 'open') return isText(value.path) && ['r', 'w', 'rw'].includes(String(value.access));
  return value.kind === 'listen' && isText(value.path);
}

function isUser(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    isFields(value) &&
    isCount(value.uid) &&
    isCount(value.gid) &&
    Array.isArray(value.groups) &&
    value.groups.every(isCount)
  );
}

function holdsMemory(job: Fields, descriptors: readonly Descriptor[]): boolean {
  if (job.hold === undefined) return true;
  return isCount(job.hold) && descriptors[job.hold]?.kind === 'memory';
}

/** Finds what is wrong with a decoded job; null when nothing is. */
function faultOf(job: Fields): string | null {
  if (!isText(job.program) || !job.program.startsWith('/')) return 'program is no absolute path';
  if (!Array.isArray(job.argv) || job.argv.length === 0 || !job.argv.every(isWord)) return 'argv is no list of words';
  const { descriptors } = job;
  if (!Array.isArray(descriptors) || descriptors.length > DESCRIPTORS_MAX || !descriptors.every(isDescriptor))
    return 'descriptors is no list of descriptors';
  if (!isUser(job.user)) return 'user has no uid, gid and groups';
  if (job.userNamespace !== undefined && !isText(job.userNamespace)) return 'userNamespace is no path';
  if (job.netNamespace !== undefined && !isText(job.netNamespace)) return 'netNamespace is no path';
  if (!isCount(job.consoleLimit) || job.consoleLimit < 4096) return 'consoleLimit is below 4096';
  return holdsMemory(job, descriptors) ? null : 'hold names no memory descriptor';
}

/** @throws Error with what is wrong */
export function parseJob(text: string): Job {
  const job: unknown = JSON.parse(text);
  if (!isFields(job)) throw new Error('the job is no object');
  const fault = faultOf(job);
  if (fault !== null) throw new Error(fault);
  return job as unknown as Job;
}
