import type { Sandbox } from '../core/sandbox.ts';
import type { WakeReport } from '../ports/engine.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';

/**
 * Brings a sandbox back that was set aside; of several who ask at once the first does it, and the others wait.
 * @returns the sandbox as it is then: running, unless something else happened to it meanwhile
 */
export async function wakeSandbox(context: Context, id: string, signal: AbortSignal): Promise<Sandbox> {
  return context.turns.take(id, 'woken', signal, async () => {
    const sandbox = await findSandbox(context, id);
    return sandbox.state === 'warm' ? resumeInTurn(context, sandbox) : sandbox;
  });
}

/** For whoever has the sandbox's turn. */
export async function resumeInTurn(context: Context, sandbox: Sandbox): Promise<Sandbox> {
  const wake = await context.engine.resume(sandbox.id);
  const failed = failedSteps(wake);
  if (failed.length > 0) context.log.error({ id: sandbox.id, failed }, 'a sandbox is awake, but not right');
  const change = { wanted: 'running', state: 'running', reason: null, wake, dueMs: null } as const;
  const awake = await context.store.sandboxes.update(sandbox.id, change, context.clock.nowMs());
  context.activity.changed(sandbox.id);
  return awake ?? sandbox;
}

/** What could not be made right in a guest that is awake. */
export function failedSteps({ steps }: WakeReport): string[] {
  return steps.filter(({ ok }) => !ok).map(({ name, error }) => `${name} (${error ?? 'no reason given'})`);
}
