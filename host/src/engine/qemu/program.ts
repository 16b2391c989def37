/** The QEMU program: which one it is, and what of the machine under it decides how it runs. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { fileIdentity } from '../vm/folder.ts';

const run = promisify(execFile);
const VERSION_TIMEOUT_MS = 10_000;

export interface QemuProgram {
  readonly path: string;
  readonly identity: string;
  /** '7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)' */
  readonly version: string;
}

/** @throws BhattiError host.missing-program */
export async function describeQemu(path: string): Promise<QemuProgram> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: VERSION_TIMEOUT_MS });
    const version = /version (.+)/.exec(stdout)?.[1] ?? stdout.slice(0, 100);
    return { path, identity: await fileIdentity(path), version };
  } catch (cause) {
    throw new BhattiError('host.missing-program', `cannot run ${path}: ${String(cause).slice(0, 200)}`, {
      remedy: 'apt-get install qemu-system-x86',
      cause,
    });
  }
}

/**
 * kHz of the host's TSC, which is the guest's under TCG; null where there is none.
 *
 * The kernel sets bogomips from the TSC's rate (arch/x86/kernel/tsc.c: lpj_fine), so half of it is MHz, to 5 kHz.
 */
export function tscKhzOf(cpuinfo: string): number | null {
  const bogomips = Number(/^bogomips\s*:\s*([\d.]+)$/m.exec(cpuinfo)?.[1]);
  const constant = /^flags\s*:.*\bconstant_tsc\b/m.test(cpuinfo);
  return constant && bogomips > 0 ? Math.round((bogomips / 2) * 1000) : null;
}

export async function hostTscKhz(): Promise<number | null> {
  return tscKhzOf(await readFile('/proc/cpuinfo', 'utf8').catch(() => ''));
}
