import type { Sandbox } from '../core/sandbox.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { notReachable } from './reach.ts';
import { wakeSandbox } from './wake.ts';

/**
 * Stops the processors of a sandbox and keeps its memory; one that is paused is left alone. The row comes first: whoever
 * reads it afterwards wakes the sandbox, and whoever read it before is served when it is awake again.
 * @throws BhattiError sandbox.not-running | sandbox.crashed
 */
export async function pauseSandbox(context: Context, reference: string, signal: AbortSignal): Promise<Sandbox> {
  const { id } = await findSandbox(context, reference);
  return context.turns.take(id, 'paused', signal, async () => {
    const sandbox = await findSandbox(context, id);
    if (sandbox.state === 'warm') return sandbox;
    if (sandbox.state !== 'running') throw notReachable(sandbox);
    const record = (state: 'warm' | 'running') => context.store.sandboxes.update(id, { state }, context.clock.nowMs());
    const paused = await record('warm');
    try {
      await context.engine.pause(id);
    } catch (error) {
      await record('running');
      throw error;
    }
    return paused ?? sandbox;
  });
}

/** Lets a paused sandbox go on; one that runs is left alone. @throws BhattiError sandbox.not-running | sandbox.crashed */
export async function resumeSandbox(context: Context, reference: string, signal: AbortSignal): Promise<Sandbox> {
  const { id } = await findSandbox(context, reference);
  const sandbox = await wakeSandbox(context, id, signal);
  if (sandbox.state !== 'running') throw notReachable(sandbox);
  return sandbox;
}
