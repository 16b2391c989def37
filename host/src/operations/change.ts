import { checkLabels } from '../core/environment.ts';
import { sandboxName } from '../core/name.ts';
import { isUp, type Sandbox } from '../core/sandbox.ts';
import { checkThermal, type ThermalChange } from '../core/thermal-choice.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';

export interface ChangeRequest {
  /** The guest's own host name follows at its next start. */
  readonly name?: string | undefined;
  /** Null takes a label away. */
  readonly labels?: Readonly<Record<string, string | null>> | undefined;
  /** When it is set aside; null: as the daemon's settings say. */
  readonly thermal?: ThermalChange | undefined;
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
      ...(request.thermal === undefined ? {} : { thermal: checkThermal({ ...sandbox.thermal, ...request.thermal }) }),
    };
    const changed = await context.store.sandboxes.update(id, change, context.clock.nowMs());
    if (isUp(sandbox.state)) context.activity.changed(id);
    return changed ?? sandbox;
  });
}
