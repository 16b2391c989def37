import { randomBytes } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { forkNames } from '../core/fork-names.ts';
import { sandboxName } from '../core/name.ts';
import type { Sandbox } from '../core/sandbox.ts';
import type { SandboxShape } from '../core/snapshot.ts';
import type { VmReport, VmSpec } from '../ports/engine.ts';
import { cancelled } from './cancelled.ts';
import type { Context } from './context.ts';
import { vmSpec } from './vm-spec.ts';

export const FORKS_MAX = 64;

export interface ForkRequest {
  /** Of the one, or what the names of all begin with; made of that of what is forked when absent. */
  readonly name?: string | undefined;
  readonly count?: number | undefined;
}

/** What is forked. */
export interface Origin {
  readonly name: string;
  readonly shape: SandboxShape;
}

/**
 * Makes rows for forks, lets `make` bring up a VM for each, and shows them as running.
 * @throws BhattiError; then no fork is left
 */
export async function makeForks(
  context: Context,
  origin: Origin,
  request: ForkRequest,
  make: MakeVms,
  signal: AbortSignal,
): Promise<readonly Sandbox[]> {
  const use: Use<readonly Sandbox[]> = (forks, reports) =>
    Promise.all(forks.map(({ id }, index) => runs(context, id, reports[index])));
  return withForks(context, origin, request, { make, use }, signal);
}

/**
 * Makes one fork for as long as `use` takes. Its row says that it is being created, so nobody else gets to it, and a daemon
 * that dies in the middle takes it back.
 */
export async function borrowFork<T>(
  context: Context,
  origin: Origin,
  make: MakeVms,
  use: (fork: Sandbox) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const useAndTakeBack: Use<T> = async (forks) => {
    const found = await use(forks[0] as Sandbox);
    await takeBack(context, forks);
    return found;
  };
  return withForks(context, origin, {}, { make, use: useAndTakeBack }, signal);
}

type MakeVms = (specs: readonly VmSpec[]) => Promise<readonly VmReport[]>;
type Use<T> = (forks: readonly Sandbox[], reports: readonly VmReport[]) => Promise<T>;

/** What fails leaves no fork. */
async function withForks<T>(
  context: Context,
  { name: stem, shape }: Origin,
  { name, count = 1 }: ForkRequest,
  { make, use }: { readonly make: MakeVms; readonly use: Use<T> },
  signal: AbortSignal,
): Promise<T> {
  if (name !== undefined) sandboxName(name);
  const image = await context.images.find(shape.image);
  const taken = new Set((await context.store.sandboxes.list()).map((sandbox) => sandbox.name));
  const forks = await reserve(context, shape, forkNames(name ?? stem, count, name !== undefined, taken));
  return inTurns(context, forks, signal, async () => {
    try {
      const reports = await make(forks.map((fork) => vmSpec(fork, image, false)));
      signal.throwIfAborted();
      return await use(forks, reports);
    } catch (error) {
      await takeBack(context, forks);
      throw signal.aborted && !(error instanceof BhattiError) ? cancelled(`fork ${stem}`) : error;
    }
  });
}

async function takeBack(context: Context, forks: readonly Sandbox[]): Promise<void> {
  for (const { id } of forks) {
    await context.engine.destroy(id);
    await context.store.sandboxes.remove(id);
  }
}

/** Rows come first: they keep the names, and a daemon that dies in the middle takes everything back. */
async function reserve(context: Context, shape: SandboxShape, names: readonly string[]): Promise<readonly Sandbox[]> {
  const made: Sandbox[] = [];
  const nowMs = context.clock.nowMs();
  try {
    for (const name of names) {
      const id = randomBytes(8).toString('hex');
      const begun = { wanted: 'running', state: 'creating', createdMs: nowMs, changedMs: nowMs } as const;
      const fork = { ...shape, id, name, ...begun };
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

async function runs(context: Context, id: string, report: VmReport | undefined): Promise<Sandbox> {
  const change = { state: 'running', ...(report === undefined ? {} : { report }) } as const;
  const made = await context.store.sandboxes.update(id, change, context.clock.nowMs());
  if (made === undefined) throw new Error(`the row of ${id} vanished`);
  context.activity.changed(id);
  return made;
}
