/** A target runs once more, with all that it pulls in: what a fork must do although its template is up already. */
import type { Unit } from '../unit/graph/unit.ts';
import type { JobResult } from '../unit/model.ts';
import type { UnitManager } from './unit-manager.ts';

/** @param done called once, with the units that did not start and why; at once when the target pulls in nothing */
export function renewTarget(manager: UnitManager, name: string, done: (failed: string[]) => void): void {
  const target = manager.registry.get(name);
  const pulled = target.config.load === 'loaded' ? [...target.related(['Wants', 'Requires', 'BindsTo'])] : [];
  const failed: string[] = [];
  const open = new Set<Unit>();
  const ended = (unit: Unit, result: JobResult): void => {
    if (result !== 'done') failed.push(`${unit.id}: ${result}`);
    open.delete(unit);
    if (open.size === 0) done(failed);
  };
  // A restart begins what is down and ends what the template left running.
  for (const unit of pulled.length === 0 ? [] : [...pulled, target]) {
    const queued = manager.add(unit, 'restart', 'replace');
    if (queued.ok) open.add(unit);
    else failed.push(`${unit.id}: ${queued.error.message}`);
    if (queued.ok) queued.job.listeners.push((_, result) => ended(unit, result));
  }
  if (open.size === 0) done(failed);
}
