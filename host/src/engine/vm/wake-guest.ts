/** The first thing that is said to a guest that stood still: what time it is, and what it has missed. */
import { randomBytes } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Step, WakeRequest } from '@bhatti/wire/messages.ts';
import type { Agent } from '../../ports/agent.ts';
import { within } from './deadline.ts';

const ANSWER_MS = 20_000;
const ENTROPY_SIZE = 32;

/**
 * @param sleptMs how long it stood still
 * @param newNetwork it goes on in another QEMU, which knows nothing of its connections
 * @throws BhattiError engine.boot-timeout | link.lost ...
 */
export async function wakeGuest(agent: Agent, sleptMs: number, newNetwork = false): Promise<readonly Step[]> {
  // The host's own clock may have been set back.
  const slept = Math.max(0, Math.round(sleptMs));
  const entropy = randomBytes(ENTROPY_SIZE).toString('base64');
  const also = newNetwork ? { newNetwork } : {};
  const request: WakeRequest = { op: 'wake', timeMs: Date.now(), sleptMs: slept, entropy, ...also };
  const limits = { timeoutMs: ANSWER_MS, signal: new AbortController().signal };
  return within(answerOf(agent, request), 'wake the guest', limits);
}

async function answerOf(agent: Agent, request: WakeRequest): Promise<readonly Step[]> {
  for await (const message of agent.open(request).messages) if (message.is === 'woken') return message.report;
  throw new BhattiError('stream.protocol', 'cannot wake the guest: it did not say that it is awake', {
    remedy: 'bhatti stop --force, then bhatti start',
  });
}
