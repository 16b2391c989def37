/** What outlives its host: who comes again says its name, and what is there of its output. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';

/** How long it waits for its host, by the guest's own clock. */
export const PATIENCE_MS = 600_000;
/** So many may wait; the next ones end with their host as those without a name. */
const LASTING_MAX = 32;

/** @param keep what its host calls it */
export function mayLast({ lasting }: AgentContext, keep: string | undefined): keep is string {
  return keep !== undefined && lasting.size < LASTING_MAX;
}

export function resumeLasting({ lasting }: AgentContext, stream: GuestStream, request: RequestOf<'resume'>): void {
  const { exec, received } = request;
  const one = lasting.get(exec);
  if (one === undefined) stream.close(lost('the guest does not know it'));
  else if (!one.copies.every((copy, n) => copy.has(received[n] ?? 0)))
    stream.close(lost('its output has gone on too far'));
  else {
    one.leaveHost()?.close(lost('another host goes on with it'));
    one.goOn(stream, received);
  }
}

function lost(why: string): BhattiError {
  return new BhattiError('exec.lost', `cannot go on with the command: ${why}`, { remedy: 'run it again' });
}
