/** When a sandbox is set aside, as `create` and `edit` ask for it. */
import { idleOf } from './arguments.ts';

export interface ThermalOptions {
  readonly keepHot?: boolean;
  readonly idleWarm?: string;
  readonly idleCold?: string;
  readonly wakeForTimers?: boolean;
}

/** @returns undefined when none is given. @throws BhattiError request.invalid */
export function thermalBody({ keepHot, idleWarm, idleCold, wakeForTimers }: ThermalOptions): object | undefined {
  const body = {
    keepHot,
    idleWarmMs: idleWarm === undefined ? undefined : idleOf(idleWarm, '--idle-warm'),
    idleColdMs: idleCold === undefined ? undefined : idleOf(idleCold, '--idle-cold'),
    wakeForTimers,
  };
  return Object.values(body).every((value) => value === undefined) ? undefined : body;
}
