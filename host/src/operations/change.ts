import { checkLabels } from '../core/environment.ts';
import { sandboxName } from '../core/name.ts';
import type { Sandbox } from '../core/sandbox.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';

export interface ChangeRequest {
  /** The guest's own host name follows at its next start. */
  readonly name?: string | undefined;
  /** Null takes a label away. */
  readonly labels?: Readonly<Record<string, string | null>> | undefined;
}

/** @throws BhattiError name.invalid | name.taken | request.invalid */
export async function changeSandbox(
  context: Context,
  reference: string,
  request: ChangeRequest,
  signal: AbortSignal,
): Promise<Sandbox> {
  const { id } = await findSandbox(context, reference);
  return context.turns.take(id, 'changed', signal, async () => {
    const sandbox = await findSandbox(context, id);
    const merged = Object.entries({ ...sandbox.labels, ...request.labels });
    const labels = Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
    const change = {
      ...(request.name === undefined ? {} : { name: sandboxName(request.name) }),
      labels: checkLabels(labels),
    };
    return (await context.store.sandboxes.update(id, change, context.clock.nowMs())) ?? sandbox;
  });
}
