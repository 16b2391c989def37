/** What a daemon does before it answers anyone: take over what runs, finish or take back what was cut off. */
import { ended, recovery } from '../core/recovery.ts';
import { isUp, type ListedSandbox, stateOf } from '../core/sandbox.ts';
import type { VmStatus } from '../ports/engine.ts';
import type { Context } from './context.ts';
import { STOP_TIMEOUT_MS } from './stop.ts';

async function recoverOne(context: Context, sandbox: ListedSandbox, vm: VmStatus | undefined): Promise<void> {
  const what = recovery(sandbox, vm);
  if (what.do !== 'keep') context.log.info({ id: sandbox.id, was: sandbox.state, what }, 'recover a sandbox');
  const { sandboxes } = context.store;
  switch (what.do) {
    case 'keep':
      return;
    case 'remove':
      await context.engine.destroy(sandbox.id);
      await sandboxes.remove(sandbox.id);
      return;
    case 'stop':
      await context.engine.stop(sandbox.id, { force: what.force, timeoutMs: STOP_TIMEOUT_MS });
      await sandboxes.update(
        sandbox.id,
        { wanted: 'stopped', state: 'stopped', reason: what.reason },
        context.clock.nowMs(),
      );
      return;
    case 'record':
      await sandboxes.update(sandbox.id, { state: what.state, reason: what.reason ?? null }, context.clock.nowMs());
  }
}

/** Resolves when the store is true again; one sandbox that cannot be mended does not hold up the others. */
export async function recover(context: Context): Promise<void> {
  const sandboxes = await context.store.sandboxes.list();
  const running = await context.engine.adopt(sandboxes.map((sandbox) => sandbox.id));
  const byId = new Map(running.map((status) => [status.id, status]));
  const all = sandboxes.map((sandbox) =>
    recoverOne(context, sandbox, byId.get(sandbox.id)).catch((error) => {
      context.log.error({ id: sandbox.id, err: error }, 'cannot recover a sandbox');
    }),
  );
  await Promise.all(all);
  context.engine.onExit(({ id }) => {
    recordExit(context, id).catch((error) => context.log.error({ id, err: error }, 'cannot record an exit'));
  });
}

/** A guest that ended by itself: looked at again when no operation changes the sandbox, for that one knows better. */
async function recordExit(context: Context, id: string): Promise<void> {
  await context.turns.take(id, 'looked after', new AbortController().signal, async () => {
    const sandbox = await context.store.sandboxes.find(id);
    if (sandbox === undefined || !isUp(sandbox.state)) return;
    const status = await context.engine.status(id);
    if (isUp(stateOf(status.state))) return;
    const { state, reason } = ended(status, 'it ended by itself');
    await context.store.sandboxes.update(id, { state, reason }, context.clock.nowMs());
    context.log.warn({ id, state, reason }, 'a sandbox ended by itself');
  });
}
