/** What tests have in common that kill daemons and QEMUs in the middle of something. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, type Body } from '@bhatti/host/api/test-client.ts';
import type { Lab } from '../cli/lab.ts';
import { processesIn } from '../engine/leftovers.ts';
import { until } from '../until.ts';

/** States of a sandbox that has processes. */
export const UP = ['running', 'warm'];

export const socketOf = (lab: Lab): string => join(lab.dataDir, 'api.sock');

export async function startDaemon(lab: Lab): Promise<void> {
  lab.begin(['serve']).unref();
  await until('the daemon answers', () =>
    ask(socketOf(lab), 'GET', '/health').then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
}

export const sandboxesOf = async (socket: string): Promise<readonly Body[]> =>
  (await ask(socket, 'GET', '/v1/sandboxes')).body.sandboxes;

/** Somewhere in the middle of what was begun. */
export async function instant(ms: number): Promise<void> {
  const from = performance.now();
  await until('the instant has come', () => performance.now() - from >= ms);
}

/** The QEMU of a sandbox, which its daemon may not tell of yet. */
export function qemuIn(folder: string): number | null {
  const isQemu = (pid: string): boolean => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('qemu');
  return Number(processesIn(folder).find(isQemu) ?? 0) || null;
}

/** Waits until no machine has a process but those of the sandboxes that are up. */
export async function noStrays(lab: Lab, sandboxes: readonly Body[], said: string): Promise<void> {
  const vms = join(lab.dataDir, 'engine/vms');
  const up = sandboxes.filter(({ state }) => UP.includes(state)).map(({ id }) => id);
  const strays = (): string[] =>
    processesIn(vms).filter((pid) => !up.some((id) => processesIn(join(vms, id)).includes(pid)));
  await until(`${said}: no stray process`, () => strays().length === 0);
}
