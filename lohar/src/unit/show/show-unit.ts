/** All properties of a unit, or those that were asked for, in systemd's order. */
import type { UnitType } from '../model.ts';
import { CGROUP_SHOW } from './cgroup-table.ts';
import { EXEC_SHOW } from './exec-table.ts';
import type { ShowFacts, ShowTable } from './facts.ts';
import { PATH_SHOW } from './path-table.ts';
import type { Property } from './property.ts';
import { SERVICE_SHOW } from './service-table.ts';
import { SOCKET_SHOW } from './socket-table.ts';
import { TIMER_SHOW } from './timer-table.ts';
import { KILL_SHOW, SCOPE_SHOW, UNIT_SHOW } from './unit-table.ts';

const TABLES: Readonly<Partial<Record<UnitType, readonly ShowTable[]>>> = {
  service: [SERVICE_SHOW, CGROUP_SHOW, EXEC_SHOW, KILL_SHOW, UNIT_SHOW],
  path: [PATH_SHOW, UNIT_SHOW],
  socket: [SOCKET_SHOW, CGROUP_SHOW, EXEC_SHOW, KILL_SHOW, UNIT_SHOW],
  timer: [TIMER_SHOW, UNIT_SHOW],
  slice: [CGROUP_SHOW, UNIT_SHOW],
  scope: [SCOPE_SHOW, CGROUP_SHOW, KILL_SHOW, UNIT_SHOW],
};

/** Lists of structures: without one there is no line at all. */
function isEmptyList(name: string, value: Property['value']): boolean {
  return Array.isArray(value) && value.length === 0 && /^(Timers\w+|Listen|Paths)$/.test(name);
}

/** `names` null: all. Unknown names show nothing. */
export function showUnit(facts: ShowFacts, names: ReadonlySet<string> | null): Property[] {
  const properties: Property[] = [];
  for (const table of TABLES[facts.unit.config.type] ?? [UNIT_SHOW])
    for (const [name, show] of table)
      if (names === null || names.has(name)) {
        const value = show(facts);
        if (!isEmptyList(name, value)) properties.push({ name, value });
      }
  return properties;
}
