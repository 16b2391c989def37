/** Exit statuses, their names and sets of them. Facts: systemd.exec(5), "Process Exit Codes". */
import { parseSignal, signalName } from './signal.ts';

type Class = 'libc' | 'systemd' | 'lsb' | 'bsd';
const TABLE: readonly (readonly [status: number, name: string, cls: Class])[] = [
  [0, 'SUCCESS', 'libc'],
  [1, 'FAILURE', 'libc'],
  [2, 'INVALIDARGUMENT', 'lsb'],
  [3, 'NOTIMPLEMENTED', 'lsb'],
  [4, 'NOPERMISSION', 'lsb'],
  [5, 'NOTINSTALLED', 'lsb'],
  [6, 'NOTCONFIGURED', 'lsb'],
  [7, 'NOTRUNNING', 'lsb'],
  [64, 'USAGE', 'bsd'],
  [65, 'DATAERR', 'bsd'],
  [66, 'NOINPUT', 'bsd'],
  [67, 'NOUSER', 'bsd'],
  [68, 'NOHOST', 'bsd'],
  [69, 'UNAVAILABLE', 'bsd'],
  [70, 'SOFTWARE', 'bsd'],
  [71, 'OSERR', 'bsd'],
  [72, 'OSFILE', 'bsd'],
  [73, 'CANTCREAT', 'bsd'],
  [74, 'IOERR', 'bsd'],
  [75, 'TEMPFAIL', 'bsd'],
  [76, 'PROTOCOL', 'bsd'],
  [77, 'NOPERM', 'bsd'],
  [78, 'CONFIG', 'bsd'],
  [200, 'CHDIR', 'systemd'],
  [201, 'NICE', 'systemd'],
  [202, 'FDS', 'systemd'],
  [203, 'EXEC', 'systemd'],
  [204, 'MEMORY', 'systemd'],
  [205, 'LIMITS', 'systemd'],
  [206, 'OOM_ADJUST', 'systemd'],
  [207, 'SIGNAL_MASK', 'systemd'],
  [208, 'STDIN', 'systemd'],
  [209, 'STDOUT', 'systemd'],
  [210, 'CHROOT', 'systemd'],
  [211, 'IOPRIO', 'systemd'],
  [212, 'TIMERSLACK', 'systemd'],
  [213, 'SECUREBITS', 'systemd'],
  [214, 'SETSCHEDULER', 'systemd'],
  [215, 'CPUAFFINITY', 'systemd'],
  [216, 'GROUP', 'systemd'],
  [217, 'USER', 'systemd'],
  [218, 'CAPABILITIES', 'systemd'],
  [219, 'CGROUP', 'systemd'],
  [220, 'SETSID', 'systemd'],
  [221, 'CONFIRM', 'systemd'],
  [222, 'STDERR', 'systemd'],
  [224, 'PAM', 'systemd'],
  [225, 'NETWORK', 'systemd'],
  [226, 'NAMESPACE', 'systemd'],
  [227, 'NO_NEW_PRIVILEGES', 'systemd'],
  [228, 'SECCOMP', 'systemd'],
  [229, 'SELINUX_CONTEXT', 'systemd'],
  [230, 'PERSONALITY', 'systemd'],
  [231, 'APPARMOR', 'systemd'],
  [232, 'ADDRESS_FAMILIES', 'systemd'],
  [233, 'RUNTIME_DIRECTORY', 'systemd'],
  [235, 'CHOWN', 'systemd'],
  [236, 'SMACK_PROCESS_LABEL', 'systemd'],
  [237, 'KEYRING', 'systemd'],
  [238, 'STATE_DIRECTORY', 'systemd'],
  [239, 'CACHE_DIRECTORY', 'systemd'],
  [240, 'LOGS_DIRECTORY', 'systemd'],
  [241, 'CONFIGURATION_DIRECTORY', 'systemd'],
  [242, 'NUMA_POLICY', 'systemd'],
  [243, 'CREDENTIALS', 'systemd'],
  [245, 'BPF', 'systemd'],
  [246, 'KSM', 'systemd'],
  [255, 'EXCEPTION', 'systemd'],
];
const BY_STATUS: ReadonlyMap<number, readonly [name: string, cls: Class]> = new Map(
  TABLE.map(([s, n, c]) => [s, [n, c]]),
);
const BY_NAME: ReadonlyMap<string, number> = new Map(TABLE.map(([status, name]) => [name, status]));

/** The name as logs give it, whatever class it is of; null when the status has none. */
export function exitStatusName(status: number): string | null {
  return BY_STATUS.get(status)?.[0] ?? null;
}

/** The name as `systemctl status` gives it: only libc's and systemd's own (line 97 of the list). */
export function exitStatusNameShort(status: number): string | null {
  const known = BY_STATUS.get(status);
  return known !== undefined && (known[1] === 'libc' || known[1] === 'systemd') ? known[0] : null;
}

/** `75`, `TEMPFAIL`; null when it is none. */
export function parseExitStatus(text: string): number | null {
  const known = BY_NAME.get(text);
  if (known !== undefined) return known;
  return /^\d+$/.test(text) && Number(text) <= 255 ? Number(text) : null;
}

/** What SuccessExitStatus= and its kin hold. */
export interface StatusSet {
  readonly statuses: readonly number[];
  readonly signals: readonly number[];
}
export const NO_STATUSES: StatusSet = { statuses: [], signals: [] };

/** Adds one word, a status or a signal name; null when it is neither. */
export function addStatus(set: StatusSet, word: string): StatusSet | null {
  const status = parseExitStatus(word);
  if (status !== null) return { statuses: merged(set.statuses, status), signals: set.signals };
  const signal = /^\d/.test(word) ? null : parseSignal(word);
  return signal === null ? null : { statuses: set.statuses, signals: merged(set.signals, signal) };
}

function merged(list: readonly number[], value: number): readonly number[] {
  return list.includes(value) ? list : [...list, value].sort((a, b) => a - b);
}

/** `1 2 65 USR1` */
export function formatStatusSet(set: StatusSet): string {
  return [...set.statuses.map(String), ...set.signals.map(signalName)].join(' ');
}
