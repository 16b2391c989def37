/** Why a VM is not running any more, in words for `bhatti inspect`, from what was seen of its end. */
import type { ChildEnd } from '@bhatti/keeper/job.ts';

export interface SeenOfEnd {
  /** Null: the keeper itself died and took QEMU with it. */
  readonly end: ChildEnd | null;
  /** `reason` of QEMU's SHUTDOWN event, when somebody listened. */
  readonly shutdown: string | null;
  /** What lohar said last, when somebody listened. */
  readonly goodbye: 'poweroff' | 'reboot' | null;
  /** The end of the serial console. */
  readonly console: string;
  /** True: we killed it, or asked it to go. */
  readonly asked: boolean;
}

export interface Ended {
  readonly state: 'stopped' | 'crashed';
  readonly reason: string;
}

const PANIC = /Kernel panic - not syncing: (.{1,200})/;
/** Linux says this on every console when reboot(2) was called (kernel/reboot.c). */
const RESTARTING = 'reboot: Restarting system';
const SIGNALS: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
  31: 'SIGSYS',
};

function panicLine(console: string): string | null {
  return PANIC.exec(console)?.[1]?.trim() ?? null;
}

/** QEMU's own last words without its notices. */
export function lastError(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/\b(info|warning): /.test(line));
  return (lines.at(-1) ?? '').replace(/^.*qemu-system-\w+: /, '').slice(0, 300);
}

function qemuDied(end: ChildEnd | null): string {
  if (end === null) return 'QEMU died: its keeper was killed';
  const how = end.signal === undefined ? `exit code ${end.code}` : (SIGNALS[end.signal] ?? `signal ${end.signal}`);
  const why = lastError(end.stderr);
  return `QEMU died: ${how}${why === '' ? '' : `: ${why}`}`;
}

/** The most telling evidence wins: a wish of ours, a panic, what lohar said, what the kernel said, how QEMU ended. */
export function exitReason(seen: SeenOfEnd): Ended {
  if (seen.asked) return { state: 'stopped', reason: 'stopped by request' };
  const panic = panicLine(seen.console);
  if (panic !== null) return { state: 'crashed', reason: `kernel panic: ${panic}` };
  if (seen.end === null || seen.end.signal !== undefined || seen.end.code !== 0)
    return { state: 'crashed', reason: qemuDied(seen.end) };
  if (seen.goodbye === 'reboot') return { state: 'stopped', reason: 'guest rebooted' };
  if (seen.goodbye === 'poweroff' || seen.shutdown === 'guest-shutdown')
    return { state: 'stopped', reason: 'guest powered off' };
  if (seen.console.includes(RESTARTING)) return { state: 'stopped', reason: 'guest powered off or rebooted' };
  return { state: 'crashed', reason: 'guest reset without a goodbye' };
}
