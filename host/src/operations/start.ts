import { BhattiError } from '@bhatti/wire/errors.ts';
import { isAside, type Sandbox, type SandboxChange } from '../core/sandbox.ts';
import type { Progress } from '../ports/engine.ts';
import { cancelled } from './cancelled.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { runInit } from './run-init.ts';
import { vmSpec } from './vm-spec.ts';
import { resumeInTurn } from './wake.ts';

export interface StartRequest {
  /** Boots the disk of a cold sandbox, as after a loss of power: what was in its memory is given up. */
  readonly coldBoot?: boolean | undefined;
  /** Reads all of what was saved of a cold sandbox, and lets nothing go on from it that differs from what was written. */
  readonly verify?: boolean | undefined;
}

/**
 * Boots a stopped or crashed sandbox from its disk, lets one that was set aside go on; one that runs is left alone.
 * @throws BhattiError; then it is stopped
 */
export async function startSandbox(
  context: Context,
  reference: string,
  { coldBoot = false, verify = false }: StartRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<Sandbox> {
  const { id } = await findSandbox(context, reference);
  return context.turns.take(id, 'started', signal, async () => {
    const sandbox = await findSandbox(context, id); // it may have changed while we waited
    if (sandbox.state === 'running') return sandbox;
    if (isAside(sandbox.state) && !(coldBoot && sandbox.state === 'cold'))
      return resumeInTurn(context, sandbox, { progress, verify });
    const image = await context.images.find(sandbox.image);
    const record = async (change: SandboxChange): Promise<Sandbox> => {
      const changed = await context.store.sandboxes.update(id, change, context.clock.nowMs());
      if (changed === undefined) throw new Error(`the row of ${id} vanished`);
      return changed;
    };
    await record({ wanted: 'running', state: 'starting', reason: null });
    try {
      const report = await context.engine.start(vmSpec(sandbox, image, false), progress, signal);
      if (sandbox.init !== undefined) await runInit(context, sandbox, sandbox.init);
      signal.throwIfAborted();
      const started = await record({ state: 'running', report });
      context.activity.changed(id);
      return started;
    } catch (error) {
      await context.engine.stop(id, { force: true, timeoutMs: 0 });
      const why = error instanceof BhattiError ? error : cancelled(`start ${sandbox.name}`);
      await record({ wanted: 'stopped', state: 'stopped', reason: why.message });
      throw signal.aborted ? why : error;
    }
  });
}
