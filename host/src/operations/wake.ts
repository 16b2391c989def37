import { isAside, type Sandbox, stateOf } from '../core/sandbox.ts';
import { type Progress, UNWATCHED, type WakeReport } from '../ports/engine.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { vmSpec } from './vm-spec.ts';

/** Of what nobody cancels. */
export const UNHURRIED = new AbortController().signal;

/**
 * Brings a sandbox back that was set aside; of several who ask at once the first does it, and the others wait.
 * @returns the sandbox as it is then: running, unless something else happened to it meanwhile
 */
export async function wakeSandbox(context: Context, id: string, signal: AbortSignal): Promise<Sandbox> {
  return context.turns.take(id, 'woken', signal, async () => {
    const sandbox = await findSandbox(context, id);
    return isAside(sandbox.state) ? resumeInTurn(context, sandbox) : sandbox;
  });
}

/** For whoever has the sandbox's turn. @throws BhattiError; it is aside then as before, unless it ended */
export async function resumeInTurn(
  context: Context,
  sandbox: Sandbox,
  { progress = UNWATCHED, verify = false }: { progress?: Progress; verify?: boolean } = {},
): Promise<Sandbox> {
  const wake =
    sandbox.state === 'cold' ? await load(context, sandbox, verify, progress) : await context.engine.resume(sandbox.id);
  const failed = failedSteps(wake);
  if (failed.length > 0) context.log.error({ id: sandbox.id, failed }, 'a sandbox is awake, but not right');
  const change = { wanted: 'running', state: 'running', reason: null, wake, dueMs: null } as const;
  const awake = await context.store.sandboxes.update(sandbox.id, change, context.clock.nowMs());
  context.activity.changed(sandbox.id);
  return awake ?? sandbox;
}

/** Nobody cancels it: several may wait for it. */
async function load(context: Context, sandbox: Sandbox, verify: boolean, progress: Progress): Promise<WakeReport> {
  const image = await context.images.find(sandbox.image);
  try {
    return await context.engine.load(vmSpec(sandbox, image, false), { verify }, progress, UNHURRIED);
  } catch (error) {
    await recordAsItIs(context, sandbox);
    throw error;
  }
}

/** The row says what the engine says, after something that failed in the middle. */
export async function recordAsItIs(context: Context, { id, state: said }: Sandbox): Promise<void> {
  const { state: found, reason } = await context.engine.status(id);
  const state = stateOf(found);
  if (state !== said)
    await context.store.sandboxes.update(id, { state, reason: reason ?? null }, context.clock.nowMs());
}

/** What could not be made right in a guest that is awake. */
export function failedSteps({ steps }: WakeReport): string[] {
  return steps.filter(({ ok }) => !ok).map(({ name, error }) => `${name} (${error ?? 'no reason given'})`);
}
