import { BhattiError } from '@bhatti/wire/errors.ts';
import { isAside, type Sandbox } from '../core/sandbox.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { guestActivity } from './guest-activity.ts';
import { policyOf } from './policy.ts';
import { notReachable } from './reach.ts';
import { vmSpec } from './vm-spec.ts';
import { failedSteps, wakeSandbox } from './wake.ts';

/**
 * Stops the processors of a sandbox and keeps its memory; one that is paused is left alone. The row comes first: whoever
 * reads it afterwards wakes the sandbox, and whoever read it before is served when it is awake again.
 * @throws BhattiError sandbox.not-running | sandbox.crashed
 */
export async function pauseSandbox(context: Context, reference: string, signal: AbortSignal): Promise<Sandbox> {
  const { id } = await findSandbox(context, reference);
  return context.turns.take(id, 'paused', signal, async () => {
    const sandbox = await findSandbox(context, id);
    if (isAside(sandbox.state)) return sandbox;
    if (sandbox.state !== 'running') throw notReachable(sandbox);
    const paused = await setAsideInTurn(context, sandbox, await nextTimerMs(context, sandbox));
    context.activity.changed(id);
    return paused;
  });
}

/** From now to the next timer of its guest, where it is to be woken for that. */
export async function nextTimerMs(context: Context, sandbox: Sandbox): Promise<number | undefined> {
  if (!policyOf(context, sandbox).wakeForTimers) return undefined;
  return (await guestActivity(context, sandbox.id)).timerMs;
}

/** For whoever has the sandbox's turn. @param timerMs from now to the next timer of its guest */
export async function setAsideInTurn(
  context: Context,
  sandbox: Sandbox,
  timerMs: number | undefined,
): Promise<Sandbox> {
  const { id } = sandbox;
  const nowMs = context.clock.nowMs();
  const dueMs = timerMs === undefined ? null : Math.round(nowMs + timerMs);
  const record = (state: 'warm' | 'running') => context.store.sandboxes.update(id, { state, dueMs }, nowMs);
  const paused = await record('warm');
  try {
    await context.engine.pause(id);
  } catch (error) {
    await record('running');
    throw error;
  }
  return paused ?? sandbox;
}

/**
 * For whoever has the turn of a sandbox that is warm: its memory goes to disk, and its process ends.
 * @throws BhattiError; it is warm then as before
 */
export async function saveInTurn(context: Context, sandbox: Sandbox): Promise<Sandbox> {
  const image = await context.images.find(sandbox.image);
  await context.engine.save(vmSpec(sandbox, image, false));
  const change = { state: 'cold', reason: null } as const;
  return (await context.store.sandboxes.update(sandbox.id, change, context.clock.nowMs())) ?? sandbox;
}

/** Lets a sandbox that was set aside go on; one that runs is left alone. @throws BhattiError sandbox.not-running | sandbox.crashed | sandbox.wake-failed, when it runs */
export async function resumeSandbox(context: Context, reference: string, signal: AbortSignal): Promise<Sandbox> {
  const { id, state } = await findSandbox(context, reference);
  const sandbox = await wakeSandbox(context, id, signal);
  const { name, wake } = sandbox;
  if (sandbox.state !== 'running') throw notReachable(sandbox);
  const failed = isAside(state) && wake !== undefined ? failedSteps(wake) : [];
  if (failed.length > 0) {
    throw new BhattiError('sandbox.wake-failed', `cannot make ${name} right after its pause: ${failed.join(', ')}`, {
      remedy: `it runs; bhatti inspect ${name} shows all steps`,
    });
  }
  return sandbox;
}
