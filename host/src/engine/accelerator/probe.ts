/**
 * Which accelerator works here. That /dev/kvm is there proves nothing: under some hosts a stock kernel then spins or dies
 * on its first MSR. So each candidate boots the real kernel, which must get as far as looking for a root file system.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Accelerator } from '../../ports/engine.ts';

export interface Trial {
  readonly accelerator: Accelerator;
  readonly works: boolean;
  /** Why not, or how long it took. */
  readonly why: string;
}

interface Expected {
  readonly sign: string;
  readonly withinMs: number;
}

const KVM = '/dev/kvm';
/** A native kernel speaks after a tenth of a second and is through after half of one, on a quiet host. */
const NATIVE_SIGN_DEADLINE_MS = 2500;
const NATIVE_DEADLINE_MS = 8000;
/** Emulation works wherever QEMU does; it only has to show a sign of life, on a host that may be busy. */
const EMULATED_DEADLINE_MS = 60_000;
const OUTPUT_MAX = 256 * 1024;
/** A kernel without a root file system ends here, after all that touches the processor. */
const WHOLE_BOOT = 'Kernel panic - not syncing: VFS';
const FIRST_SIGN = 'Linux version';
const NATIVE: readonly Expected[] = [
  { sign: FIRST_SIGN, withinMs: NATIVE_SIGN_DEADLINE_MS },
  { sign: WHOLE_BOOT, withinMs: NATIVE_DEADLINE_MS },
];
const EMULATED: readonly Expected[] = [{ sign: FIRST_SIGN, withinMs: EMULATED_DEADLINE_MS }];

function probeArguments(accelerator: Accelerator, kernel: string): string[] {
  const cpu = accelerator === 'tcg' ? 'max' : 'host';
  return [
    ...['-M', 'microvm,acpi=off,pit=on,pic=on,rtc=on', '-accel', accelerator, '-cpu', cpu, '-m', '256M', '-smp', '1'],
    ...['-nodefaults', '-no-user-config', '-nographic', '-no-reboot', '-serial', 'stdio'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-kernel', kernel, '-append', 'console=ttyS0 earlyprintk=ttyS0 panic=-1 reboot=t no_timer_check'],
  ];
}

/** Boots the kernel until it printed all that is expected, each in its time; then QEMU is killed. @returns what was wrong */
function bootUntil(qemu: string, args: readonly string[], expected: readonly Expected[]): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  // a daemon that is killed meanwhile takes it along: under an unusable kvm it would spin for ever
  const [program = qemu, ...words] =
    process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', qemu, ...args] : [qemu, ...args];
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const finish = (fault: string | null): void => {
    for (const timer of timers) clearTimeout(timer);
    child.kill('SIGKILL');
    resolve(fault);
  };
  const missing = (): Expected | undefined => expected.find(({ sign }) => !output.includes(sign));
  const timers = expected.map(({ sign, withinMs }) =>
    setTimeout(() => {
      if (!output.includes(sign)) finish(`the kernel did not say "${sign}" within ${withinMs / 1000} s`);
    }, withinMs),
  );
  const take = (bytes: Buffer): void => {
    output = (output + bytes.toString('latin1')).slice(-OUTPUT_MAX);
    if (missing() === undefined) finish(null);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  child.on('error', (error) => finish(error.message));
  child.on('close', () => finish(missing() === undefined ? null : lastLine(output)));
  return promise;
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.trim().slice(0, 200) || 'QEMU ended without a word';
}

async function tryOne(qemu: string, kernel: string, accelerator: Accelerator): Promise<Trial> {
  const begin = performance.now();
  const expected = accelerator === 'tcg' ? EMULATED : NATIVE;
  const fault = await bootUntil(qemu, probeArguments(accelerator, kernel), expected);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  return { accelerator, works: fault === null, why: fault ?? `boots (${seconds} s)` };
}

/** Candidates of this host, the best first; null where the host itself rules it out, with the reason. */
async function ruledOut(accelerator: Accelerator): Promise<string | null> {
  if (accelerator === 'kvm') {
    const usable = await access(KVM, constants.R_OK | constants.W_OK).then(
      () => null,
      (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? `there is no ${KVM}` : `${KVM} may not be opened`),
    );
    return process.platform === 'linux' ? usable : 'only Linux has it';
  }
  return accelerator === 'hvf' && process.platform !== 'darwin' ? 'only macOS has it' : null;
}

/** Tries kvm, hvf and tcg in this order until one works. @returns all trials; the last works, or none does */
export async function probeAccelerators(qemu: string, kernel: string): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const accelerator of ['kvm', 'hvf', 'tcg'] as const) {
    const why = await ruledOut(accelerator);
    const trial = why === null ? await tryOne(qemu, kernel, accelerator) : { accelerator, works: false, why };
    trials.push(trial);
    if (trial.works) break;
  }
  return trials;
}
