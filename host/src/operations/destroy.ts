import type { Sandbox } from '../core/sandbox.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';

/** Ends a sandbox and removes all of it. A daemon that dies in the middle goes on with it at its next start. */
export async function destroySandbox(context: Context, reference: string, signal: AbortSignal): Promise<Sandbox> {
  const { id } = await findSandbox(context, reference);
  return context.turns.take(id, 'destroyed', signal, async () => {
    const sandbox = await findSandbox(context, id);
    await context.store.sandboxes.update(id, { wanted: 'destroyed', state: 'destroying' }, context.clock.nowMs());
    await context.engine.destroy(id);
    await context.store.sandboxes.remove(id);
    return sandbox;
  });
}
