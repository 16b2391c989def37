/** What outlives its host: who comes again says its name, and what is there of its output. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';
import type { OutputCopy } from './output-copy.ts';

/** How long it waits for its host, by the guest's own clock. */
export const PATIENCE_MS = 600_000;
/** So many may wait; the next ones end with their host as those without a name. */
const LASTING_MAX = 32;

/** @param keep what its host calls it */
export function mayLast({ lasting }: AgentContext, keep: string | undefined): keep is string {
  return keep !== undefined && lasting.size < LASTING_MAX;
}

/** @param received bytes of each output that the host has */
export function haveAll(copies: readonly OutputCopy[], received: readonly number[]): boolean {
  return copies.every((copy, n) => copy.has(received[n] ?? 0));
}

/** What it is known by in place of its stream, to the next image of PID 1 as well: no stream has such a number. */
export function idOfLost(copy: OutputCopy): number {
  return -copy.fd;
}

export function resumeLasting({ lasting }: AgentContext, stream: GuestStream, request: RequestOf<'resume'>): void {
  const { exec, received } = request;
  const one = lasting.get(exec);
  if (one === undefined) stream.close(lost('the guest does not know it'));
  else if (!one.has(received)) stream.close(lost('its output has gone on too far'));
  else {
    one.leaveHost()?.close(lost('another host goes on with it'));
    one.goOn(stream, received);
  }
}

function lost(why: string): BhattiError {
  return new BhattiError('exec.lost', `cannot go on with the command: ${why}`, { remedy: 'run it again' });
}
