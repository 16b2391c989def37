import { randomBytes } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { forkNames } from '../core/fork-names.ts';
import { sandboxName } from '../core/name.ts';
import { isUp, type Sandbox } from '../core/sandbox.ts';
import type { Progress } from '../ports/engine.ts';
import { cancelled } from './cancelled.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { notReachable } from './reach.ts';
import { vmSpec } from './vm-spec.ts';
import { resumeInTurn } from './wake.ts';

export const FORKS_MAX = 64;

export interface ForkRequest {
  /** Of the one, or what the names of all begin with; made of the sandbox's own when absent. */
  readonly name?: string | undefined;
  readonly count?: number | undefined;
}

export interface ForkResult {
  readonly sandboxes: readonly Sandbox[];
  /** How long the sandbox stood still, ms. */
  readonly pausedMs: number;
}

/**
 * Makes copies of a sandbox that go on where it is now, each with an identity of its own. One that was set aside is woken.
 * @throws BhattiError; then no copy is left, and the sandbox goes on
 */
export async function forkSandbox(
  context: Context,
  reference: string,
  { name, count = 1 }: ForkRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<ForkResult> {
  if (name !== undefined) sandboxName(name);
  const { id } = await findSandbox(context, reference);
  return context.turns.take(id, 'forked', signal, async () => {
    const found = await findSandbox(context, id);
    const from = found.state === 'cold' ? await resumeInTurn(context, found, { progress }) : found;
    if (!isUp(from.state)) throw notReachable(from);
    const forks = await reserve(
      context,
      from,
      forkNames(name ?? from.name, count, name !== undefined, await names(context)),
    );
    return inTurns(context, forks, signal, () => begin(context, from, forks, progress, signal));
  });
}

const names = async ({ store }: Context): Promise<ReadonlySet<string>> =>
  new Set((await store.sandboxes.list()).map((sandbox) => sandbox.name));

/** Rows come first: they keep the names, and a daemon that dies in the middle takes everything back. */
async function reserve(context: Context, from: Sandbox, all: readonly string[]): Promise<readonly Sandbox[]> {
  const made: Sandbox[] = [];
  const nowMs = context.clock.nowMs();
  const { wake: _, report: __, reason: ___, dueMs: ____, ...same } = from;
  try {
    for (const name of all) {
      const id = randomBytes(8).toString('hex');
      const fork = {
        ...same,
        id,
        name,
        wanted: 'running',
        state: 'creating',
        createdMs: nowMs,
        changedMs: nowMs,
      } as const;
      await context.store.sandboxes.insert(fork);
      made.push(fork);
    }
    return made;
  } catch (error) {
    for (const { id } of made) await context.store.sandboxes.remove(id);
    throw error;
  }
}

/** Nobody else changes the forks meanwhile. */
async function inTurns<T>(
  context: Context,
  all: readonly Sandbox[],
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const [first, ...rest] = all;
  if (first === undefined) return work();
  return context.turns.take(first.id, 'created', signal, () => inTurns(context, rest, signal, work));
}

async function begin(
  context: Context,
  from: Sandbox,
  forks: readonly Sandbox[],
  progress: Progress,
  signal: AbortSignal,
): Promise<ForkResult> {
  try {
    const image = await context.images.find(from.image);
    const specs = forks.map((fork) => vmSpec(fork, image, false));
    const { pausedMs, reports } = await context.engine.fork(vmSpec(from, image, false), specs, progress, signal);
    signal.throwIfAborted();
    const nowMs = context.clock.nowMs();
    const sandboxes = forks.map(async ({ id }, index) => {
      const report = reports[index];
      const made = await context.store.sandboxes.update(id, { state: 'running', ...(report && { report }) }, nowMs);
      if (made === undefined) throw new Error(`the row of ${id} vanished`);
      context.activity.changed(id);
      return made;
    });
    return { sandboxes: await Promise.all(sandboxes), pausedMs };
  } catch (error) {
    for (const { id } of forks) {
      await context.engine.destroy(id);
      await context.store.sandboxes.remove(id);
    }
    throw signal.aborted && !(error instanceof BhattiError) ? cancelled(`fork ${from.name}`) : error;
  } finally {
    context.activity.changed(from.id);
  }
}
