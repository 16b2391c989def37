import { BhattiError } from '@bhatti/wire/errors.ts';
import { ask, isInteractive } from './ask.ts';

export interface Destruction {
  /** 'destroy'. */
  readonly verb: string;
  /** What they are, when no sandboxes. */
  readonly kind?: string;
  readonly names: readonly string[];
  /** --yes was given. */
  readonly yes: boolean;
}

/** What is asked, or refused, before something is destroyed: on a terminal ask, elsewhere one named thing may go. */
export function whatToAsk(
  { verb, kind = 'sandboxes', names, yes }: Destruction,
  terminal: boolean,
): 'go' | 'ask' | BhattiError {
  if (yes) return 'go';
  if (terminal) return 'ask';
  if (names.length <= 1) return 'go';
  return new BhattiError('request.invalid', `cannot ${verb} ${names.length} ${kind}: nobody is there to be asked`, {
    remedy: `add --yes to ${verb} ${names.join(' ')}`,
  });
}

/** @throws BhattiError request.invalid; operation.cancelled when the answer is no */
export async function confirm(destruction: Destruction): Promise<void> {
  const answer = whatToAsk(destruction, isInteractive());
  if (answer === 'go') return;
  if (answer !== 'ask') throw answer;
  const reply = await ask(`${destruction.verb} ${destruction.names.join(', ')}? [y/N] `);
  if (/^y(es)?$/i.test(reply ?? '')) return;
  throw new BhattiError('operation.cancelled', `cannot ${destruction.verb}: the answer was no`, { remedy: '' });
}
