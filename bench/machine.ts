/** On what, and with what, a run was measured. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { percentile } from '../host/src/cli/bench/statistics.ts';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly linux: string;
  readonly qemu: string;
  readonly node: string;
  readonly bhatti: string;
  /** With '+' when the checkout has changes. */
  readonly commit: string;
  /** 1-minute load average as the run began: other work slows everything. */
  readonly load: number;
  /** Milliseconds that a fixed piece of work took as the run began: virtual processors of one name differ. */
  readonly yardstickMs: number;
  readonly startedAt: string;
}

function firstLine(program: string, ...args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0] ?? '';
  } catch {
    return '';
  }
}

/** Median of these many; the first ones are also what the JIT compiler needs. */
const YARDSTICK_ROUNDS = 9;
const YARDSTICK_TURNS = 5e7;

/** A loop that no compiler leaves out: one processor, no memory. */
function yardstickMs(): number {
  const rounds = Array.from({ length: YARDSTICK_ROUNDS }, () => {
    const from = performance.now();
    let value = 1;
    for (let turn = 0; turn < YARDSTICK_TURNS; turn++) value = (Math.imul(value, 48_271) + turn) | 0;
    return value === 0 ? Number.NaN : performance.now() - from;
  });
  return percentile(rounds, 0.5);
}

export function machine(root: string): Machine {
  const git = (...args: string[]) => firstLine('git', '-C', root, '-c', 'safe.directory=*', ...args);
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown',
    linux: release(),
    qemu: /version (\S+)/.exec(firstLine('qemu-system-x86_64', '--version'))?.[1] ?? 'none',
    node: process.versions.node,
    bhatti: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
    commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+'),
    load: loadavg()[0] ?? 0,
    yardstickMs: yardstickMs(),
    startedAt: new Date().toISOString(),
  };
}
