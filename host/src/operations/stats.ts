import type { GuestStats } from '@bhatti/wire/messages.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { ask, reach } from './reach.ts';

/** lohar's own numbers of a guest. */
export async function guestStats(context: Context, reference: string, signal: AbortSignal): Promise<GuestStats> {
  const agent = await reach(context, await findSandbox(context, reference));
  return (await ask(agent, { op: 'stats' }, 'stats', signal)).stats;
}

/** fork+exec+wait of /bin/true, `count` times, in µs as lohar times it: what an exec costs inside the guest. */
export async function timeSpawn(
  context: Context,
  reference: string,
  count: number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const agent = await reach(context, await findSandbox(context, reference));
  return (await ask(agent, { op: 'time-spawn', count }, 'times', signal)).us;
}
