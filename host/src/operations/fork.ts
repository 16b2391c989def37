import { isUp, type Sandbox } from '../core/sandbox.ts';
import { shapeOf } from '../core/snapshot.ts';
import type { Progress } from '../ports/engine.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { type ForkRequest, makeForks } from './make-forks.ts';
import { notReachable } from './reach.ts';
import { vmSpec } from './vm-spec.ts';
import { resumeInTurn } from './wake.ts';

export interface ForkResult {
  readonly sandboxes: readonly Sandbox[];
  /** How long the sandbox stood still, ms. */
  readonly pausedMs: number;
}

/**
 * Makes copies of a sandbox that go on where it is now, each with an identity of its own. One that is cold is woken.
 * @throws BhattiError; then no copy is left, and the sandbox goes on
 */
export async function forkSandbox(
  context: Context,
  reference: string,
  request: ForkRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<ForkResult> {
  const { id } = await findSandbox(context, reference);
  return context.turns.take(id, 'forked', signal, async () => {
    const from = await upInTurn(context, id, progress);
    const own = vmSpec(from, await context.images.find(from.image), false);
    let pausedMs = 0;
    try {
      const origin = { name: from.name, shape: shapeOf(from) };
      const sandboxes = await makeForks(
        context,
        origin,
        request,
        async (specs) => {
          const forked = await context.engine.fork(own, specs, progress, signal);
          ({ pausedMs } = forked);
          return forked.reports;
        },
        signal,
      );
      return { sandboxes, pausedMs };
    } finally {
      context.activity.changed(id);
    }
  });
}

/** For whoever has its turn: a sandbox that has a machine, woken when it has none. @throws BhattiError sandbox.not-running ... */
export async function upInTurn(context: Context, id: string, progress: Progress): Promise<Sandbox> {
  const found = await findSandbox(context, id);
  const sandbox = found.state === 'cold' ? await resumeInTurn(context, found, { progress }) : found;
  if (!isUp(sandbox.state)) throw notReachable(sandbox);
  return sandbox;
}
