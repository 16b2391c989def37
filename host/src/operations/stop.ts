import { BhattiError } from '@bhatti/wire/errors.ts';
import { isAside, isLive, isUp, type Sandbox, stateOf } from '../core/sandbox.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { nextTimerMs, saveInTurn, setAsideInTurn } from './pause.ts';
import { resumeInTurn } from './wake.ts';

/** What a guest gets to end its services before it is killed. */
export const STOP_TIMEOUT_MS = 30_000;

export interface StopRequest {
  /** Its guest ends its services; its disk is kept, its memory is not. */
  readonly poweroff?: boolean | undefined;
  /** How long it may take over that before it is killed. */
  readonly timeoutMs?: number | undefined;
  /** It is killed at once; its disk is kept, as after a loss of power. */
  readonly force?: boolean | undefined;
}

/**
 * Saves memory and disk of a sandbox, so that it goes on where it was when it is started or asked for; or powers it off.
 * One that does not run is left alone.
 * @throws BhattiError; when it could not be saved it runs on
 */
export async function stopSandbox(
  context: Context,
  reference: string,
  request: StopRequest,
  signal: AbortSignal,
): Promise<Sandbox> {
  const { force = false, poweroff = false, timeoutMs } = request;
  checkRequest(force, poweroff, timeoutMs);
  const { id } = await findSandbox(context, reference);
  return context.turns.take(id, 'stopped', signal, async () => {
    const sandbox = await findSandbox(context, id);
    if (!force && !poweroff) return save(context, sandbox);
    if (!isLive(sandbox.state)) return sandbox;
    const asleep = isAside(sandbox.state) && !force;
    if (asleep) await resumeInTurn(context, sandbox); // who is to power off must be awake
    await context.store.sandboxes.update(id, { wanted: 'stopped', state: 'stopping' }, context.clock.nowMs());
    try {
      await context.engine.stop(id, { force, timeoutMs: timeoutMs ?? STOP_TIMEOUT_MS });
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

/** @throws BhattiError request.invalid */
function checkRequest(force: boolean, poweroff: boolean, timeoutMs: number | undefined): void {
  const refuse = (why: string, remedy: string) =>
    new BhattiError('request.invalid', `cannot stop it so: ${why}`, { remedy });
  if (force && poweroff) throw refuse('it is killed or powers itself off', 'give --force or --poweroff');
  if (timeoutMs !== undefined && !poweroff)
    throw refuse('a timeout is for one that powers itself off', 'give --poweroff with --timeout');
}

async function save(context: Context, sandbox: Sandbox): Promise<Sandbox> {
  if (!isUp(sandbox.state)) return sandbox;
  const hot = sandbox.state === 'running';
  const warm = hot ? await setAsideInTurn(context, sandbox, await nextTimerMs(context, sandbox)) : sandbox;
  try {
    return await saveInTurn(context, warm);
  } catch (error) {
    if (hot) await resumeInTurn(context, warm);
    throw error;
  } finally {
    context.activity.changed(sandbox.id);
  }
}
