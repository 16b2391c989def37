/** What the host has and lacks for running VMs, found by trying it rather than by asking. */
import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Doctor, Finding } from '../ports/doctor.ts';
import type { PreparedClone, Progress } from '../ports/engine.ts';
import { chooseAccelerator } from './accelerator/choice.ts';
import { Network } from './network/network.ts';
import { findProgram, PACKAGES, type ProgramName } from './programs.ts';
import { counterKhz } from './qemu/counter-rate.ts';
import { describeQemu } from './qemu/program.ts';
import type { EngineSettings } from './settings.ts';
import { makeFolder } from './vm/folder.ts';

const MIB = 1024 * 1024;
/** Below these a sandbox or two is all that fits. */
const DISK_MIB_MIN = 4096;
const MEMORY_MIB_MIN = 1024;
/** Ubuntu 24.04 lets a plain user make a user namespace and then takes its capabilities away. */
const APPARMOR_SWITCH = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';

/** slirp4netns makes its end of the network with it. */
const TAP_DEVICE = '/dev/net/tun';

type Check = () => Promise<Finding[]>;

function ok(subject: string, found: string): Finding {
  return { subject, level: 'ok', found };
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export class EngineDoctor implements Doctor {
  readonly #settings: EngineSettings;
  readonly #kernel: () => Promise<string | null>;
  readonly #pool: () => readonly PreparedClone[];

  /**
   * @param kernel a kernel that the accelerators are tried with; null while no image is installed
   * @param pool what waits for the next creates
   */
  constructor(settings: EngineSettings, kernel: () => Promise<string | null>, pool: () => readonly PreparedClone[]) {
    this.#settings = settings;
    this.#kernel = kernel;
    this.#pool = pool;
  }

  async examine(progress: Progress, signal: AbortSignal): Promise<readonly Finding[]> {
    const checks: [label: string, check: Check][] = [
      ['look for programs', () => this.#programs()],
      ['try accelerators', () => this.#accelerator()],
      ['measure the processor clock', () => this.#counter()],
      ['make a network', () => this.#network()],
      ['look at users', () => this.#uids()],
      ['look at disk and memory', () => this.#room()],
      ['look at the pool', async () => [ok('pool', poolText(this.#settings.pool, this.#pool()))]],
    ];
    const findings: Finding[] = [];
    await makeFolder(this.#settings.folder);
    for (const [index, [label, check]] of checks.entries()) {
      signal.throwIfAborted();
      progress.step(label, index / checks.length);
      findings.push(...(await check()));
    }
    return findings;
  }

  async #programs(): Promise<Finding[]> {
    const names = Object.keys(PACKAGES) as ProgramName[];
    const found = await Promise.all(names.map(async (name) => ({ name, path: await findProgram(name) })));
    const qemu = await describeQemu(this.#settings.qemu).then(
      ({ path, version }) => ok('qemu', `${version} at ${path}`),
      (error): Finding => ({
        subject: 'qemu',
        level: 'failure',
        found: message(error),
        remedy: install('qemu-system-x86_64'),
      }),
    );
    const missing = found.filter(({ name, path }) => path === null && name !== 'qemu-system-x86_64');
    return [qemu, ...missing.map(({ name }) => missingProgram(name))];
  }

  async #accelerator(): Promise<Finding[]> {
    const kernel = await this.#kernel();
    if (kernel === null) {
      const found = 'not tried: no image is installed, and so no kernel to boot';
      return [{ subject: 'accelerator', level: 'warning', found, remedy: 'bhatti tier build minimal' }];
    }
    try {
      const qemu = await describeQemu(this.#settings.qemu);
      const { accelerator, trials } = await chooseAccelerator(this.#settings.folder, qemu, kernel, { afresh: true });
      const found = trials.map((trial) => `${trial.accelerator}: ${trial.why}`).join('; ');
      if (accelerator !== 'tcg') return [ok('accelerator', found)];
      const remedy =
        'sandboxes are emulated, about ten times slower: use a host (or nested virtualization) with a working /dev/kvm';
      return [{ subject: 'accelerator', level: 'warning', found, remedy }];
    } catch (error) {
      return [
        { subject: 'accelerator', level: 'failure', found: message(error), remedy: install('qemu-system-x86_64') },
      ];
    }
  }

  async #counter(): Promise<Finding[]> {
    const khz = await counterKhz(this.#settings.folder, this.#settings.keeper);
    if (khz !== null) return [ok('clock', `the processor's counter runs at ${(khz / 1000).toFixed(3)} MHz`)];
    const found = 'the rate of the counter could not be measured: emulated guests may have a slow clock';
    return [{ subject: 'clock', level: 'warning', found, remedy: `run ${this.#settings.keeper} tsc` }];
  }

  async #network(): Promise<Finding[]> {
    if (this.#settings.network === null)
      return [
        {
          subject: 'network',
          level: 'warning',
          found: 'sandboxes have none: a program is missing',
          remedy: install('slirp4netns', 'nft', 'ip'),
        },
      ];
    const folder = await mkdtemp(join(tmpdir(), 'bhatti-doctor-'));
    const network = new Network({ ...this.#settings, folder });
    try {
      await network.machineNetwork();
      const how = process.getuid?.() === 0 ? 'a network namespace' : 'a user and network namespace';
      return [ok('network', `${how} with slirp4netns and a filter`)];
    } catch (error) {
      const found = `sandboxes have none: ${message(error)}`;
      return [{ subject: 'network', level: 'warning', found, remedy: await networkRemedy() }];
    } finally {
      await network.remove();
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #uids(): Promise<Finding[]> {
    const { uids } = this.#settings;
    if (process.getuid?.() !== 0) return [ok('users', 'VMs run as this user: a root daemon gives each its own')];
    if (uids === null) {
      const found = 'VMs run as root: no range of uids is set';
      return [{ subject: 'users', level: 'warning', found, remedy: 'set a range of uids that nobody else uses' }];
    }
    const last = uids.first + uids.count - 1;
    const known = mapHolds(await readFile('/proc/self/uid_map', 'utf8'), uids.first, last);
    if (known) return [ok('users', `each VM runs as a uid of its own, ${uids.first} to ${last}`)];
    const found = `this user namespace has no uids ${uids.first} to ${last}`;
    return [{ subject: 'users', level: 'failure', found, remedy: 'set a range of uids that /proc/self/uid_map holds' }];
  }

  async #room(): Promise<Finding[]> {
    const { bavail, bsize } = await statfs(this.#settings.folder);
    const diskMib = Math.floor((bavail * bsize) / MIB);
    const available = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1];
    const memoryMib = Math.floor(Number(available ?? 0) / 1024);
    return [
      enough('disk', diskMib, DISK_MIB_MIN, `in ${this.#settings.folder}`, 'free some, or move the data folder'),
      enough('memory', memoryMib, MEMORY_MIB_MIN, 'available', 'end something, or give the host more'),
    ];
  }
}

function poolText(limits: EngineSettings['pool'], clones: readonly PreparedClone[]): string {
  if (limits === undefined || limits.clones === 0) return 'off: every sandbox is forked when it is asked for';
  const held = clones.reduce((sum, { residentMib }) => sum + residentMib, 0);
  return `${clones.length} prepared, holding ${held} MiB; at most ${limits.clones} of a shape and ${limits.memoryMib} MiB`;
}

function enough(subject: string, mib: number, least: number, where: string, remedy: string): Finding {
  const found = `${mib} MiB ${where}`;
  return mib >= least ? ok(subject, found) : { subject, level: 'warning', found, remedy };
}

function install(...names: ProgramName[]): string {
  return `apt-get install ${names.map((name) => PACKAGES[name]).join(' ')}`;
}

function missingProgram(name: ProgramName): Finding {
  return { subject: name, level: 'warning', found: `there is no ${name}`, remedy: install(name) };
}

async function networkRemedy(): Promise<string> {
  const restricted = (await readFile(APPARMOR_SWITCH, 'utf8').catch(() => '0')).trim() === '1';
  if (process.getuid?.() !== 0 && restricted)
    return 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or run the daemon as root';
  if (process.getuid?.() !== 0 && !(await isOpen(TAP_DEVICE)))
    return `sudo chmod 666 ${TAP_DEVICE} (udev does it where it runs), or run the daemon as root`;
  if (process.getuid?.() !== 0)
    return 'allow user namespaces (sysctl user.max_user_namespaces), or run the daemon as root';
  return 'the kernel needs network namespaces, tun and nf_tables';
}

function isOpen(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** True when a uid_map (user_namespaces(7): first inside, first outside, count) holds all of first..last. */
export function mapHolds(map: string, first: number, last: number): boolean {
  return map.split('\n').some((line) => {
    const [inside, , count] = line.trim().split(/\s+/).map(Number);
    return inside !== undefined && count !== undefined && inside <= first && last < inside + count;
  });
}
