/** What PID 1 knows of the machine: for specifiers, conditions and limits. Looked up when asked, and anew after a fork. */

import { W_OK, X_OK } from '@bhatti/runtime/linux/constants.ts';
import { type Stat, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { readText } from '../read-text.ts';
import { globExpression } from '../unit/condition/compare.ts';
import type { ConditionWorld } from '../unit/condition/evaluate.ts';
import type { Machine } from '../unit/exec/specifier.ts';
import { CAPABILITIES_ALL } from '../unit/value/capability.ts';
import type { Accounts } from './accounts.ts';
import type { MachineSizes } from './cgroup-limits.ts';

const FILE_MAX = 64 * 1024;
const MOUNTINFO_MAX = 4 * 1024 * 1024;
const FOLDER_MAX = 16_384;
/** DefaultTasksMax= is a share of the least of these limits of the kernel. */
const TASK_LIMITS = ['/proc/sys/kernel/pid_max', '/proc/sys/kernel/threads-max', '/sys/fs/cgroup/pids.max'];

type FactSys = Pick<Sys, 'readFile' | 'decode' | 'stat' | 'lstat' | 'access' | 'readdir' | 'hostname'>;

export class MachineFacts implements Machine, ConditionWorld {
  readonly architecture: string;
  readonly firstBoot: boolean;
  readonly #sys: FactSys;
  readonly #accounts: Accounts;
  readonly #environment: () => readonly string[];
  /** Read once: the kernel takes milliseconds to write down its memory. */
  #sizes: MachineSizes | null = null;

  constructor(sys: FactSys, accounts: Accounts, environment: () => readonly string[]) {
    this.#sys = sys;
    this.#accounts = accounts;
    this.#environment = environment;
    this.architecture = this.#text('/proc/sys/kernel/arch') === 'aarch64' ? 'arm64' : 'x86-64';
    this.firstBoot = false;
  }

  #text(path: string, limit = FILE_MAX): string {
    return readText(this.#sys, path, limit).trim();
  }

  machineId = (): string => this.#text('/etc/machine-id');
  bootId = (): string => this.#text('/proc/sys/kernel/random/boot_id').replaceAll('-', '');
  hostname = (): string => this.#sys.hostname();
  kernelRelease = (): string => this.#text('/proc/sys/kernel/osrelease');
  rootHome = (): string => this.#accounts.user('root')?.home || '/root';
  /** Ubuntu's systemd was built with it, and takes it for root whatever /etc/passwd says. */
  rootShell = (): string => '/usr/bin/bash';

  osRelease = (field: string): string => {
    const text = this.#text('/etc/os-release') || this.#text('/usr/lib/os-release');
    const found = text.split('\n').find((line) => line.startsWith(`${field}=`));
    return found === undefined ? '' : found.slice(field.length + 1).replace(/^(["'])(.*)\1$/, '$2');
  };

  sizes(): MachineSizes {
    this.#sizes ??= this.#measure();
    return this.#sizes;
  }

  #measure(): MachineSizes {
    const limits = TASK_LIMITS.map((path) => Number(this.#text(path))).filter((limit) => limit > 0);
    return { memoryBytes: this.memoryBytes(), tasksMax: Math.min(...limits, 2 ** 22) };
  }

  memoryBytes(): number {
    return Number(/^MemTotal:\s+(\d+) kB/m.exec(this.#text('/proc/meminfo'))?.[1] ?? 0) * 1024;
  }

  cpus(): number {
    const online = this.#text('/sys/devices/system/cpu/online');
    let count = 0;
    for (const [, from = '0', to = from] of online.matchAll(/(\d+)(?:-(\d+))?/g))
      count += Number(to) - Number(from) + 1;
    return Math.max(1, count);
  }

  // --- conditions -------------------------------------------------------------------------------------------------

  exists(path: string): boolean {
    return this.#sys.access(path, 0);
  }

  firstMatch(pattern: string): string | null {
    return this.#match('', pattern.split('/').slice(1));
  }

  #match(folder: string, parts: readonly string[]): string | null {
    const [part, ...rest] = parts;
    if (part === undefined) return this.exists(folder) ? folder : null;
    if (!/[*?[]/.test(part)) return this.#match(`${folder}/${part}`, rest);
    const expression = globExpression(part);
    const isShown = (name: string): boolean => !name.startsWith('.') || part.startsWith('.');
    for (const name of this.#names(folder === '' ? '/' : folder).sort()) {
      const found = isShown(name) && expression.test(name) ? this.#match(`${folder}/${name}`, rest) : null;
      if (found !== null) return found;
    }
    return null;
  }

  #names(folder: string): string[] {
    try {
      return this.#sys.readdir(folder, FOLDER_MAX).map((entry) => entry.name);
    } catch (error) {
      if (error instanceof SysError) return [];
      throw error;
    }
  }

  #typeOf(path: string, follow: boolean): Stat | null {
    try {
      return follow ? this.#sys.stat(path) : this.#sys.lstat(path);
    } catch (error) {
      if (error instanceof SysError) return null;
      throw error;
    }
  }

  isDirectory(path: string): boolean {
    return this.#typeOf(path, true)?.type === 'directory';
  }
  isSymlink(path: string): boolean {
    return this.#typeOf(path, false)?.type === 'symlink';
  }
  isMountPoint(path: string): boolean {
    if (path === '/') return true;
    const text = this.#text('/proc/self/mountinfo', MOUNTINFO_MAX);
    // Blanks and the like are written in octal (proc(5)).
    return text
      .split('\n')
      .some(
        (line) =>
          (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, octal: string) =>
            String.fromCharCode(Number.parseInt(octal, 8)),
          ) === path,
      );
  }
  isReadWrite(path: string): boolean {
    return this.#sys.access(path, W_OK);
  }
  isDirectoryNotEmpty(path: string): boolean {
    return this.isDirectory(path) && this.#names(path).length > 0;
  }
  isFileNotEmpty(path: string): boolean {
    const stat = this.#typeOf(path, true);
    return stat?.type === 'file' && stat.size > 0;
  }
  isExecutable(path: string): boolean {
    return this.#typeOf(path, true)?.type === 'file' && this.#sys.access(path, X_OK);
  }
  needsUpdate(folder: string): boolean {
    const made = this.#typeOf(`${folder}/.updated`, false);
    return this.isReadWrite(folder) && (made === null || (this.#typeOf('/usr', true)?.mtimeMs ?? 0) > made.mtimeMs);
  }

  /** What the firmware says of itself: our sandboxes are always virtual. */
  virtualization(): string {
    const vendor = this.#text('/sys/class/dmi/id/sys_vendor');
    if (/hypervisor/.test(this.#text('/proc/cpuinfo', 4 * 1024 * 1024)))
      return /KVM/.test(this.#text('/sys/hypervisor/type')) ? 'kvm' : 'qemu';
    return /QEMU/.test(vendor) ? 'qemu' : 'none';
  }

  kernelCommandLine(): string {
    return this.#text('/proc/cmdline');
  }
  capabilities(): bigint {
    const found = /^CapBnd:\s*([0-9a-f]+)/m.exec(this.#text('/proc/self/status'))?.[1];
    return found === undefined ? CAPABILITIES_ALL : BigInt(`0x${found}`);
  }
  environment(): readonly string[] {
    return this.#environment();
  }
  controllers(): readonly string[] {
    return this.#text('/sys/fs/cgroup/cgroup.controllers').split(/\s+/);
  }
  hasCredential(name: string): boolean {
    return this.exists(`/run/credentials/@system/${name}`);
  }
}
