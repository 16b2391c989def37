import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Context } from './context.ts';

/** Named in the error; more would fill a terminal. */
const NAMED_MAX = 5;

/** A sandbox boots its kernel, and knows it by its name. @throws BhattiError image.in-use */
export async function requireUnused(context: Context, image: string, doing: string): Promise<void> {
  const users = (await context.store.sandboxes.list()).filter((sandbox) => sandbox.image === image);
  if (users.length === 0) return;
  const names = users.slice(0, NAMED_MAX).map(({ name }) => name);
  const more = users.length > NAMED_MAX ? ` and ${users.length - NAMED_MAX} more` : '';
  throw new BhattiError('image.in-use', `cannot ${doing} image ${image}: ${names.join(', ')}${more} are made of it`, {
    remedy: `bhatti destroy ${names.join(' ')}`,
  });
}
