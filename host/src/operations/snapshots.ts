import { randomBytes } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Sandbox } from '../core/sandbox.ts';
import { findIn, referenceOf, type Snapshot, shapeOf, snapshotName, superseded } from '../core/snapshot.ts';
import type { Progress } from '../ports/engine.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { upInTurn } from './fork.ts';
import { type ForkRequest, makeForks } from './make-forks.ts';
import { vmSpec } from './vm-spec.ts';
import { recordAsItIs, resumeInTurn } from './wake.ts';

type Told = Pick<Snapshot, 'name' | 'sandboxId' | 'sandboxName' | 'shape'>;

/** All of them, or those of one sandbox, oldest first. */
export async function listSnapshots(context: Context, sandbox?: string): Promise<readonly Snapshot[]> {
  const all = (await context.engine.snapshots()).map(({ told, ...rest }) => ({ ...rest, ...(told as Told) }));
  return sandbox === undefined ? all : all.filter((one) => one.sandboxName === sandbox || one.sandboxId === sandbox);
}

/** @throws BhattiError snapshot.not-found */
export async function findSnapshot(context: Context, reference: string): Promise<Snapshot> {
  return findIn(await listSnapshots(context), reference);
}

/**
 * Keeps a sandbox as it is now; it goes on. One that is cold is woken.
 * @throws BhattiError; then there is no such snapshot
 */
export async function createSnapshot(
  context: Context,
  reference: string,
  asked: string | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { id } = await findSandbox(context, reference);
  const made = await context.turns.take(id, 'kept', signal, async () => {
    const sandbox = await upInTurn(context, id, progress);
    const name = snapshotName(sandbox.name, asked, await listSnapshots(context));
    const told: Told = { name, sandboxId: id, sandboxName: sandbox.name, shape: shapeOf(sandbox) };
    const snapshotId = randomBytes(8).toString('hex');
    const spec = vmSpec(sandbox, await context.images.find(sandbox.image), false);
    try {
      await context.engine.snapshot(spec, { id: snapshotId, told }, progress);
    } finally {
      context.activity.changed(id);
    }
    return findSnapshot(context, snapshotId);
  });
  await deleteSuperseded(context, id, signal);
  return made;
}

/** The new one is there whether the old ones go or not. */
async function deleteSuperseded(context: Context, sandboxId: string, signal: AbortSignal): Promise<void> {
  const { snapshotsKept, log } = context;
  if (snapshotsKept === Infinity) return; // a list adds up what each holds on disk
  for (const one of superseded(sandboxId, snapshotsKept, await listSnapshots(context))) {
    await deleteSnapshot(context, one.id, signal).catch((err: unknown) =>
      log.warn({ err, snapshot: referenceOf(one) }, 'a snapshot that is not kept could not be deleted'),
    );
  }
}

/** What was made of it stays. @returns what is gone @throws BhattiError snapshot.not-found */
export async function deleteSnapshot(context: Context, reference: string, signal: AbortSignal): Promise<Snapshot> {
  const { id } = await findSnapshot(context, reference);
  return context.turns.take(id, 'deleted', signal, async () => {
    const snapshot = await findSnapshot(context, id);
    await context.engine.removeSnapshot(id);
    return snapshot;
  });
}

/** Makes sandboxes that go on where a snapshot was taken. @throws BhattiError; then none is left */
export async function forkSnapshot(
  context: Context,
  reference: string,
  request: ForkRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly Sandbox[]> {
  const { id } = await findSnapshot(context, reference);
  return context.turns.take(id, 'forked', signal, async () => {
    const { sandboxName: name, shape } = await findSnapshot(context, id);
    const make = (specs: Parameters<typeof context.engine.forkSnapshot>[1]) =>
      context.engine.forkSnapshot(id, specs, progress, signal);
    return makeForks(context, { name, shape }, request, make, signal);
  });
}

/**
 * Sets the sandbox that a snapshot was taken of back to it; what it is now is given up.
 * @throws BhattiError snapshot.not-found | saved.* ...; then it is as it was
 */
export async function restoreSnapshot(
  context: Context,
  reference: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Sandbox> {
  const snapshot = await findSnapshot(context, reference);
  const { sandboxId } = snapshot;
  if ((await context.store.sandboxes.find(sandboxId)) === undefined) throw noSandbox(snapshot);
  return context.turns.take(sandboxId, 'restored', signal, () =>
    context.turns.take(snapshot.id, 'restored', signal, async () => {
      const sandbox = await findSandbox(context, sandboxId);
      const spec = vmSpec(sandbox, await context.images.find(sandbox.image), false);
      const { id } = await findSnapshot(context, snapshot.id);
      await context.engine.restore(spec, id, progress, signal).catch(async (error) => {
        await recordAsItIs(context, sandbox);
        throw error;
      });
      const cold = { wanted: 'running', state: 'cold', reason: null } as const;
      const changed = await context.store.sandboxes.update(sandboxId, cold, context.clock.nowMs());
      return resumeInTurn(context, changed ?? sandbox, { progress });
    }),
  );
}

function noSandbox(snapshot: Snapshot): BhattiError {
  const { sandboxName } = snapshot;
  return new BhattiError('sandbox.not-found', `cannot set ${sandboxName} back: it is not there any more`, {
    remedy: `bhatti fork ${referenceOf(snapshot)} makes a sandbox of the snapshot`,
  });
}
