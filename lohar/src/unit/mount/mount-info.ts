/** What the kernel says of mounts and swap space. Facts: proc_pid_mountinfo(5), proc_swaps(5), libmount's utab. Pure. */

export interface MountEntry {
  readonly what: string;
  readonly type: string;
  readonly options: string;
}

export interface SwapEntry {
  readonly priority: number;
}

/** Blanks and the like are written in octal, in /etc/fstab, too. */
export const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Of the mount and of its file system, as libmount puts them together. */
function mergeOptions(mount: string, fileSystem: string): string {
  const all = [...mount.split(','), ...fileSystem.split(',')];
  const others = all.filter((option) => option !== 'rw' && option !== 'ro' && option !== '');
  return [all.includes('ro') ? 'ro' : 'rw', ...others].join(',');
}

/** By where they are mounted; of several at one place the topmost, which comes last. */
export function parseMountInfo(text: string): Map<string, MountEntry> {
  const found = new Map<string, MountEntry>();
  for (const line of text.split('\n')) {
    const words = line.split(' ');
    const dash = words.indexOf('-', 6);
    const where = words[4];
    if (where === undefined || dash < 0) continue;
    const [type = '', what = '', fileSystem = ''] = words.slice(dash + 1);
    const options = mergeOptions(words[5] ?? '', fileSystem);
    found.set(unescapeOctal(where), { what: unescapeOctal(what), type, options });
  }
  return found;
}

/** `/dev/root` is the kernel's own name for what it mounted before there was a /dev; its command line has the other. */
export function nameRoot(mounts: Map<string, MountEntry>, commandLine: string): void {
  const device = /(?:^| )root=(\/dev\/\S+)/.exec(commandLine)?.[1];
  if (device === undefined || mounts.get('/')?.what !== '/dev/root') return;
  for (const [where, entry] of mounts) if (entry.what === '/dev/root') mounts.set(where, { ...entry, what: device });
}

/** Options that only mount(8) knows, which it writes down by the place of the mount. */
export function parseUtab(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const target = /(?:^| )TARGET=(\S+)/.exec(line)?.[1];
    const options = /(?:^| )OPTS=(\S+)/.exec(line)?.[1];
    if (target !== undefined && options !== undefined) found.set(unescapeOctal(target), unescapeOctal(options));
  }
  return found;
}

export function parseSwaps(text: string): Map<string, SwapEntry> {
  const found = new Map<string, SwapEntry>();
  for (const line of text.split('\n').slice(1)) {
    const [path = '', , , , priority = ''] = line.split(/\s+/);
    if (path !== '') found.set(unescapeOctal(path), { priority: Number(priority) });
  }
  return found;
}

/** Mounts that the machine begins with and that are no units (mount-setup.c of systemd 255, with Debian's /run/lock). */
const API_MOUNTS: ReadonlySet<string> = new Set([
  ...['/proc', '/sys', '/dev', '/dev/shm', '/dev/pts', '/run', '/run/lock', '/sys/fs/cgroup', '/sys/fs/bpf'],
  ...['/sys/kernel/security', '/sys/fs/smackfs', '/sys/fs/selinux', '/sys/fs/pstore', '/sys/firmware/efi/efivars'],
]);

export function isApiMount(where: string): boolean {
  return API_MOUNTS.has(where) || /^\/(sys\/fs\/cgroup|run\/credentials)\//.test(where);
}
