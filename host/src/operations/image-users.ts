import { BhattiError } from '@bhatti/wire/errors.ts';
import { referenceOf } from '../core/snapshot.ts';
import type { Context } from './context.ts';
import { listSnapshots } from './snapshots.ts';

/** Named in the error; more would fill a terminal. */
const NAMED_MAX = 5;

/** A sandbox boots its kernel, and knows it by its name. @throws BhattiError image.in-use */
export async function requireUnused(context: Context, image: string, doing: string): Promise<void> {
  const snapshots = (await listSnapshots(context)).filter(({ shape }) => shape.image === image);
  const users = (await context.store.sandboxes.list()).filter((sandbox) => sandbox.image === image);
  if (users.length === 0 && snapshots.length > 0) throw hasSnapshots(image, doing, snapshots.map(referenceOf));
  if (users.length === 0) return;
  const names = users.slice(0, NAMED_MAX).map(({ name }) => name);
  const more = users.length > NAMED_MAX ? ` and ${users.length - NAMED_MAX} more` : '';
  throw new BhattiError('image.in-use', `cannot ${doing} image ${image}: ${names.join(', ')}${more} are made of it`, {
    remedy: `bhatti destroy ${names.join(' ')}`,
  });
}

function hasSnapshots(image: string, doing: string, references: readonly string[]): BhattiError {
  const named = references.slice(0, NAMED_MAX).join(' ');
  return new BhattiError('image.in-use', `cannot ${doing} image ${image}: the snapshots ${named} are made of it`, {
    remedy: `bhatti snapshot delete ${named}`,
  });
}
