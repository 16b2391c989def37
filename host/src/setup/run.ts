/** Programs of the system, run to their end. */
import { spawnSync } from 'node:child_process';
import { BhattiError } from '@bhatti/wire/errors.ts';

const PROGRAM_MS = 60_000;
/** Debian leaves these out of a PATH that sudo or cron made. */
const PATH = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

export interface Ran {
  readonly ok: boolean;
  /** The last line it wrote, or why it could not be run. */
  readonly said: string;
}

export function attempt(program: string, ...args: readonly string[]): Ran {
  const options = { encoding: 'utf8', timeout: PROGRAM_MS, env: { ...process.env, PATH }, input: '' } as const;
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
  const said = error?.message ?? `${stdout}${stderr}`.trim().split('\n').at(-1) ?? '';
  return { ok: status === 0, said };
}

/** @throws BhattiError host.setup-failed with what it said last */
export function perform(program: string, ...args: readonly string[]): void {
  const { ok, said } = attempt(program, ...args);
  if (ok) return;
  throw new BhattiError('host.setup-failed', `cannot run ${[program, ...args].join(' ')}: ${said || 'it failed'}`, {
    remedy: 'mend that, then: sudo bhatti setup',
  });
}
