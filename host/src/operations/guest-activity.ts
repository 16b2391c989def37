import type { GuestActivity } from '@bhatti/wire/messages.ts';
import type { Context } from './context.ts';
import { ask } from './reach.ts';

const ANSWER_MS = 5000;

/** What a guest does at this moment; nobody is woken for it, and it counts for no request. @throws BhattiError */
export async function guestActivity(context: Context, id: string): Promise<GuestActivity> {
  const agent = await context.engine.agent(id);
  return (await ask(agent, { op: 'activity' }, 'activity', AbortSignal.timeout(ANSWER_MS))).activity;
}
