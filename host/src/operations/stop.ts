import { isUp, type Sandbox, stateOf } from '../core/sandbox.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';

/** What a guest gets to end its services before it is killed. */
export const STOP_TIMEOUT_MS = 30_000;

export interface StopRequest {
  readonly force?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Powers a sandbox off and keeps its disk; one that does not run is left alone. */
export async function stopSandbox(
  context: Context,
  reference: string,
  request: StopRequest,
  signal: AbortSignal,
): Promise<Sandbox> {
  const { id } = await findSandbox(context, reference);
  return context.turns.take(id, 'stopped', signal, async () => {
    const sandbox = await findSandbox(context, id);
    if (!isUp(sandbox.state)) return sandbox;
    await context.store.sandboxes.update(id, { wanted: 'stopped', state: 'stopping' }, context.clock.nowMs());
    const force = request.force ?? false;
    try {
      if (sandbox.state === 'warm' && !force) await context.engine.resume(id); // who is to power off must be awake
      await context.engine.stop(id, { force, timeoutMs: request.timeoutMs ?? STOP_TIMEOUT_MS });
    } catch (error) {
      const { state } = await context.engine.status(id);
      await context.store.sandboxes.update(id, { state: stateOf(state) }, context.clock.nowMs());
      throw error;
    }
    const reason = force ? 'killed by request' : 'stopped by request';
    const nowMs = context.clock.nowMs();
    return (await context.store.sandboxes.update(id, { state: 'stopped', reason }, nowMs)) ?? sandbox;
  });
}
