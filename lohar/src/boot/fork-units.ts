/**
 * What a unit must do anew in every fork (passwords, host keys, tokens) is a unit of its own that bhatti-fork.target
 * pulls in. The target runs when the guest has its identity, before the first command of the user; after a cold boot,
 * too. A template that is being made does not run it; a fork that was prepared ahead has run it and does so once more
 * only for the units that are passed a variable of its environment.
 */
import type { Loop, Sys } from '@bhatti/runtime/sys.ts';
import type { PrepareRequest, Step } from '@bhatti/wire/messages.ts';
import type { Services } from '../manager/services.ts';
import { FORK_TARGET } from '../manager/start-manager.ts';

/** A unit that hangs must not make the sandbox unusable. */
const LIMIT_MS = 30_000;
const ERROR_SIZE_MAX = 500;

/** @param done told of one step, or of none where there is no such target */
export function startForkUnits(
  sys: Sys,
  loop: Loop,
  services: Services,
  { taken, env }: PrepareRequest,
  done: (report: Step[]) => void,
): void {
  const begun = sys.monotonicMs();
  let over = false;
  let waited = false;
  const finish = (failed: readonly string[]): void => {
    if (over) return;
    over = true;
    timer.cancel();
    const step: Step = { name: 'fork units', ok: failed.length === 0, ms: Math.round(sys.monotonicMs() - begun) };
    const error = failed.join(', ').slice(0, ERROR_SIZE_MAX);
    // Without a target the answer comes at once, and there is nothing to report.
    done(waited || !step.ok ? [step.ok ? step : { ...step, error }] : []);
  };
  const timer = loop.after(LIMIT_MS, () => finish([`${FORK_TARGET} has not started after ${LIMIT_MS / 1000} s`]));
  const start = (): void => {
    try {
      if (taken === undefined) services.forkTarget.renew(finish);
      else services.forkTarget.renewFor(Object.keys(env), finish);
    } catch (error) {
      finish([error instanceof Error ? error.message : 'out of memory']);
    }
  };
  // The host may be here while generators of a cold boot still run.
  services.whenQueued(start);
  waited = true;
}
