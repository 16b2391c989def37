/** The file systems that a Linux user space expects before its first process. Safe to run twice (PID 1 re-executed). */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';

/** mount(2), include/uapi/linux/mount.h */
const NOSUID = 0x2;
const NODEV = 0x4;
const NOEXEC = 0x8;
const REMOUNT = 0x20;
const RELATIME = 0x200000;
const STRICTATIME = 0x1000000;

interface Mount {
  readonly type: string;
  readonly target: string;
  readonly flags: number;
  readonly data: string;
  /** True: a kernel without it is fine. */
  readonly optional?: boolean;
}

/** Options as systemd 255 mounts them (src/shared/mount-setup.c), read from a running system. */
const MOUNTS: readonly Mount[] = [
  { type: 'proc', target: '/proc', flags: NOSUID | NODEV | NOEXEC | RELATIME, data: '' },
  { type: 'sysfs', target: '/sys', flags: NOSUID | NODEV | NOEXEC | RELATIME, data: '' },
  { type: 'devtmpfs', target: '/dev', flags: NOSUID | STRICTATIME, data: 'mode=0755' },
  { type: 'devpts', target: '/dev/pts', flags: NOSUID | NOEXEC, data: 'mode=0620,gid=5,ptmxmode=0666' },
  { type: 'tmpfs', target: '/dev/shm', flags: NOSUID | NODEV | STRICTATIME, data: 'mode=1777' },
  { type: 'mqueue', target: '/dev/mqueue', flags: NOSUID | NODEV | NOEXEC, data: '', optional: true },
  { type: 'tmpfs', target: '/run', flags: NOSUID | NODEV | STRICTATIME, data: 'mode=0755,size=20%' },
  { type: 'tmpfs', target: '/run/lock', flags: NOSUID | NODEV | NOEXEC, data: 'mode=1777,size=5120k' },
  { type: 'tmpfs', target: '/tmp', flags: NOSUID | NODEV | STRICTATIME, data: 'mode=1777,size=50%' },
  {
    type: 'cgroup2',
    target: '/sys/fs/cgroup',
    flags: NOSUID | NODEV | NOEXEC | RELATIME,
    data: 'nsdelegate,memory_recursiveprot',
  },
  { type: 'securityfs', target: '/sys/kernel/security', flags: NOSUID | NODEV | NOEXEC, data: '', optional: true },
  { type: 'bpf', target: '/sys/fs/bpf', flags: NOSUID | NODEV | NOEXEC, data: 'mode=0700', optional: true },
  { type: 'fusectl', target: '/sys/fs/fuse/connections', flags: NOSUID | NODEV | NOEXEC, data: '', optional: true },
];

/** Without udev nobody else makes these. */
const DEVICE_LINKS: readonly (readonly [path: string, target: string])[] = [
  ['/dev/fd', '/proc/self/fd'],
  ['/dev/stdin', '/proc/self/fd/0'],
  ['/dev/stdout', '/proc/self/fd/1'],
  ['/dev/stderr', '/proc/self/fd/2'],
  ['/dev/core', '/proc/kcore'],
];

/** Modes that udev's 50-udev-default.rules gives and the kernel does not. */
const DEVICE_MODES: readonly (readonly [path: string, mode: number])[] = [
  ['/dev/fuse', 0o666],
  ['/dev/net/tun', 0o666],
];

/** /proc/self/mountinfo of a machine with thousands of mounts. */
const MOUNTINFO_SIZE_MAX = 4 * 1024 * 1024;

/**
 * Mounts everything that is not there yet.
 * @returns one line for each thing that did not work
 */
export function mountAll(sys: Sys, { writableRoot }: { writableRoot: boolean }): string[] {
  const failures: string[] = [];
  const attempt = (what: string, run: () => void): void => {
    try {
      run();
    } catch (error) {
      failures.push(`${what}: ${error instanceof SysError ? error.code : String(error)}`);
    }
  };
  const present = mountedTargets(sys);
  if (writableRoot && !present.has('/proc')) attempt('remount /', () => sys.mount('', '/', '', REMOUNT | RELATIME, ''));
  for (const mount of MOUNTS) {
    if (present.has(mount.target)) continue;
    try {
      makeFolder(sys, mount.target);
      sys.mount(mount.type, mount.target, mount.type, mount.flags, mount.data);
    } catch (error) {
      const busy = error instanceof SysError && error.code === 'EBUSY';
      if (!busy && !mount.optional) failures.push(`mount ${mount.target}: ${String(error)}`);
    }
  }
  for (const folder of ['/run/systemd', '/run/systemd/system', '/run/bhatti', '/run/user']) {
    attempt(folder, () => makeFolder(sys, folder));
  }
  for (const [path, target] of DEVICE_LINKS) {
    attempt(path, () => {
      if (!sys.access(path, 0)) sys.symlink(target, path);
    });
  }
  for (const [path, mode] of DEVICE_MODES) {
    attempt(path, () => {
      if (sys.access(path, 0)) sys.chmod(path, mode);
    });
  }
  attempt('cgroup controllers', () => enableControllers(sys, '/sys/fs/cgroup'));
  return failures;
}

/** Lets the children of a cgroup be limited in everything that the cgroup itself has. */
export function enableControllers(sys: Sys, cgroup: string): void {
  const decoder = new TextDecoder();
  const names = decoder
    .decode(sys.readFile(`${cgroup}/cgroup.controllers`, 4096))
    .split(/\s+/)
    .filter(Boolean);
  for (const name of names) {
    try {
      sys.writeFile(`${cgroup}/cgroup.subtree_control`, `+${name}`);
    } catch (error) {
      // rdma, misc and the like may be refused while the ones that matter are not
      if (!(error instanceof SysError)) throw error;
    }
  }
}

function makeFolder(sys: Sys, path: string): void {
  if (!sys.access(path, 0)) sys.mkdir(path, 0o755);
}

function mountedTargets(sys: Sys): ReadonlySet<string> {
  if (!sys.access('/proc/self/mountinfo', 0)) return new Set();
  const text = new TextDecoder().decode(sys.readFile('/proc/self/mountinfo', MOUNTINFO_SIZE_MAX));
  // proc(5): the fifth field is the mount point
  return new Set(text.split('\n').map((line) => line.split(' ')[4] ?? ''));
}
