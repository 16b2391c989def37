/** The way up: default.target with all that it pulls in, in parallel as far as the order allows. */
import type { Loop } from '@bhatti/runtime/sys.ts';
import type { ManagerLog } from './manager-log.ts';
import type { SystemPhase } from './system-state.ts';
import type { UnitManager } from './unit-manager.ts';

const DEFAULT_TARGET = 'default.target';
const RESCUE_TARGET = 'rescue.target';

export function bootTarget(manager: UnitManager, phase: SystemPhase, log: ManagerLog, loop: Loop): void {
  const queued = [DEFAULT_TARGET, RESCUE_TARGET].some((name) => queue(name, manager, log));
  if (queued) awaitBoot(manager, phase, log, loop);
  else phase.bootDone();
}

/** The boot is over when no job is left, those that the first ones led to included. */
export function awaitBoot(manager: UnitManager, phase: SystemPhase, log: ManagerLog, loop: Loop): void {
  phase.bootQueued();
  const look = (): void => {
    if (phase.booted || manager.queue.jobs.size > 0) return;
    stop();
    phase.bootDone();
    log.write(null, 6, 'Startup finished.');
  };
  const stop = manager.onChange(() => loop.defer(look));
  loop.defer(look);
}

function queue(name: string, manager: UnitManager, log: ManagerLog): boolean {
  const unit = manager.registry.get(name);
  if (unit.config.load !== 'loaded') {
    log.write(null, 3, `Failed to load ${name}: ${unit.config.error?.message ?? unit.config.load}`);
    return false;
  }
  const added = manager.add(unit, 'start', 'isolate').ok
    ? { ok: true as const }
    : manager.add(unit, 'start', 'replace');
  if (!added.ok) log.write(null, 3, `Failed to start ${name}: ${added.error.message}`);
  else log.write(null, 6, `Queued start job for default target ${unit.title}.`);
  return added.ok;
}
