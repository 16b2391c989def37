import { BhattiError } from '@bhatti/wire/errors.ts';
import { isAside, isLive, isUp, type Sandbox, stateOf } from '../core/sandbox.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { nextTimerMs, saveInTurn, setAsideInTurn } from './pause.ts';
import { resumeInTurn } from './wake.ts';

/** What a guest gets to end its services before it is killed. */
export const STOP_TIMEOUT_MS = 30_000;

export interface StopRequest {
  readonly force?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
  /** Keeps its memory as well, on disk: it goes on where it was when it is started or asked for. */
  readonly save?: boolean | undefined;
}

/**
 * Powers a sandbox off and keeps its disk, or saves all of it; one that does not run is left alone.
 * @throws BhattiError; when it could not be saved it runs on
 */
export async function stopSandbox(
  context: Context,
  reference: string,
  request: StopRequest,
  signal: AbortSignal,
): Promise<Sandbox> {
  if (request.save && request.force) {
    throw new BhattiError('request.invalid', 'cannot save a sandbox and kill it', { remedy: 'choose one of the two' });
  }
  const { id } = await findSandbox(context, reference);
  return context.turns.take(id, 'stopped', signal, async () => {
    const sandbox = await findSandbox(context, id);
    if (request.save) return save(context, sandbox);
    if (!isLive(sandbox.state)) return sandbox;
    const asleep = isAside(sandbox.state) && !request.force;
    if (asleep) await resumeInTurn(context, sandbox); // who is to power off must be awake
    await context.store.sandboxes.update(id, { wanted: 'stopped', state: 'stopping' }, context.clock.nowMs());
    const force = request.force ?? false;
    try {
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
