/** A machine that runs as the base of forks: its memory lies sealed in its keeper until they have mapped it. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ForkBase } from './fork-base.ts';
import { type Captured, captureMoment } from './moment.ts';

const STATE_FILE = 'fork.state';

export interface LiveBase extends ForkBase {
  /** How long the machine stood still for it, ms. */
  readonly pausedMs: number;
  /** Its forks have come up, or will not. */
  release(): Promise<void>;
}

/** @throws BhattiError; then the machine goes on as before */
export async function liveBase(captured: Captured): Promise<LiveBase> {
  const { vm } = captured;
  const { devices, memory, layers, virtualSize, atMs, pausedMs } = await captureMoment(captured, 'copy-held');
  const state = join(vm.folder, STATE_FILE);
  await writeFile(state, devices, { mode: 0o600 });
  return {
    layers,
    diskBytes: virtualSize,
    state,
    memory: `/proc/${vm.keeper.state.keeper}/fd/${memory.as}`,
    live: { atMs },
    pausedMs,
    async release() {
      vm.keeper.dropCopy();
      await rm(state, { force: true });
    },
  };
}
