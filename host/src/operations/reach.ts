import { BhattiError } from '@bhatti/wire/errors.ts';
import type { GuestMessage, Request } from '@bhatti/wire/messages.ts';
import { isAside, type Sandbox } from '../core/sandbox.ts';
import type { Agent, AgentStream } from '../ports/agent.ts';
import type { Context } from './context.ts';
import { UNHURRIED, wakeSandbox } from './wake.ts';
import { wakingAgent } from './waking-agent.ts';

/**
 * The agent of a sandbox, which is woken first where it was set aside.
 * @param also.terminals true when its streams will be terminals, whose being open is no work
 * @throws BhattiError sandbox.not-running | sandbox.crashed, which says why and what to do
 */
export async function reach(context: Context, sandbox: Sandbox, also: { terminals?: boolean } = {}): Promise<Agent> {
  const { id } = sandbox;
  context.activity.touch(id); // from now on nobody sets it aside
  // Whoever asked first wakes it for all, and must not be the one whose client goes away.
  const wake = () => wakeSandbox(context, id, UNHURRIED);
  // The row may be older than a pause that has just ended.
  const asleep = isAside(sandbox.state) || context.engine.isPaused(id);
  const awake = asleep ? await wake() : sandbox;
  if (awake.state !== 'running') throw notReachable(awake);
  const agent = await context.engine.agent(id);
  const sleeper = {
    isPaused: () => context.engine.isPaused(id),
    wake,
    touch: () => context.activity.touch(id),
    begin: (closed: Promise<void>) => context.activity.begin(id, closed),
  };
  return wakingAgent(agent, sleeper, also.terminals ?? false);
}

/** Why a sandbox cannot be used as it is, and what to do. */
export function notReachable({ name, state, reason }: Sandbox): BhattiError {
  const why = reason === undefined ? '' : ` (${reason})`;
  if (state === 'crashed') {
    return new BhattiError('sandbox.crashed', `cannot reach ${name}: it has crashed${why}`, {
      remedy: `bhatti logs ${name} shows its last lines, bhatti start ${name} boots it again`,
    });
  }
  const remedy = state === 'stopped' ? `bhatti start ${name}` : `bhatti inspect ${name}, and try again`;
  return new BhattiError('sandbox.not-running', `cannot reach ${name}: it is ${state}${why}`, { remedy });
}

/** Opens a stream that ends when the signal aborts. */
export function openStream(agent: Agent, request: Request, signal: AbortSignal): AgentStream {
  const stream = agent.open(request);
  if (signal.aborted) stream.close();
  const close = (): void => stream.close();
  signal.addEventListener('abort', close, { once: true });
  const forget = (): void => signal.removeEventListener('abort', close);
  stream.closed.then(forget, forget);
  return stream;
}

/**
 * The next message of a stream, which must be of this kind.
 * @throws BhattiError that the guest sent instead, stream.protocol when it sent something else
 */
export async function reply<K extends GuestMessage['is']>(
  messages: AsyncIterator<GuestMessage>,
  is: K,
): Promise<Extract<GuestMessage, { is: K }>> {
  const { value, done } = await messages.next();
  if (!done && value.is === is) return value as Extract<GuestMessage, { is: K }>;
  throw new BhattiError('stream.protocol', `cannot go on: the guest sent ${done ? 'nothing' : value.is} for ${is}`, {
    remedy: 'rebuild the image: bhatti tier build',
  });
}

/** One question, one answer. */
export async function ask<K extends GuestMessage['is']>(
  agent: Agent,
  request: Request,
  is: K,
  signal: AbortSignal,
): Promise<Extract<GuestMessage, { is: K }>> {
  const stream = openStream(agent, request, signal);
  try {
    return await reply(stream.messages[Symbol.asyncIterator](), is);
  } finally {
    stream.close();
  }
}
