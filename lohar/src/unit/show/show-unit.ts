/** All properties of a unit, or those that were asked for, in systemd's order. */

import { DEFAULTS } from '../directive/tables.ts';
import type { UnitType } from '../model.ts';
import { CGROUP_SHOW } from './cgroup-table.ts';
import { EXEC_SHOW } from './exec-table.ts';
import type { ShowFacts, ShowTable } from './facts.ts';
import { AUTOMOUNT_SHOW, MOUNT_SHOW, SWAP_SHOW } from './mount-table.ts';
import { PATH_SHOW } from './path-table.ts';
import type { Property } from './property.ts';
import { type Pieces, type Printing, PropertyText } from './property-text.ts';
import { SERVICE_SHOW } from './service-table.ts';
import { SOCKET_SHOW } from './socket-table.ts';
import { TIMER_SHOW } from './timer-table.ts';
import { KILL_SHOW, SCOPE_SHOW, UNIT_SHOW } from './unit-table.ts';

const TABLES: Readonly<Partial<Record<UnitType, readonly ShowTable[]>>> = {
  service: [SERVICE_SHOW, CGROUP_SHOW, EXEC_SHOW, KILL_SHOW, UNIT_SHOW],
  automount: [AUTOMOUNT_SHOW, UNIT_SHOW],
  mount: [MOUNT_SHOW, CGROUP_SHOW, EXEC_SHOW, KILL_SHOW, UNIT_SHOW],
  path: [PATH_SHOW, UNIT_SHOW],
  socket: [SOCKET_SHOW, CGROUP_SHOW, EXEC_SHOW, KILL_SHOW, UNIT_SHOW],
  swap: [SWAP_SHOW, CGROUP_SHOW, EXEC_SHOW, KILL_SHOW, UNIT_SHOW],
  timer: [TIMER_SHOW, UNIT_SHOW],
  slice: [CGROUP_SHOW, UNIT_SHOW],
  scope: [SCOPE_SHOW, CGROUP_SHOW, KILL_SHOW, UNIT_SHOW],
};

/** Lists of structures: without one there is no line at all. */
function isEmptyList(name: string, value: Property['value']): boolean {
  return Array.isArray(value) && value.length === 0 && /^(Timers\w+|Listen|Paths)$/.test(name);
}

/** Rows side by side, all of settings or none. */
interface Run {
  readonly rows: ShowTable;
  /** Null: of other facts. */
  readonly settings: ReadonlySet<string> | null;
  /** What they say of a unit that sets none of them. */
  unset: string | null;
}

const runsOf = new Map<ShowTable, readonly Run[]>();

function makeRuns(table: ShowTable): readonly Run[] {
  const runs: { rows: (typeof table)[number][]; settings: Set<string> | null; unset: null }[] = [];
  for (const row of table) {
    const { setting } = row[1];
    let run = runs.at(-1);
    if (run === undefined || (run.settings === null) !== (setting === undefined)) {
      run = { rows: [], settings: setting === undefined ? null : new Set(), unset: null };
      runs.push(run);
    }
    run.rows.push(row);
    if (setting) run.settings?.add(setting);
  }
  return runs;
}

function runs(table: ShowTable): readonly Run[] {
  const known = runsOf.get(table) ?? makeRuns(table);
  runsOf.set(table, known);
  return known;
}

/** Most units set few of their settings: the lines of all others are made once. */
function unsetLines(run: Run, facts: ShowFacts): string {
  if (run.unset === null) {
    const text = new PropertyText(TERSE);
    const unset = Object.create(facts, { settings: { value: DEFAULTS } }) as ShowFacts;
    for (const [name, show] of run.rows) text.add(name, show(unset));
    run.unset = text.pieces().join('');
  }
  return run.unset;
}

/** What `systemctl show` asks for when nothing else is said. */
const TERSE: Printing = { empty: false, valueOnly: false };

function addRow([name, show]: ShowTable[number], facts: ShowFacts, text: PropertyText): void {
  const value = show(facts);
  if (!isEmptyList(name, value)) text.add(name, value);
}

function showAll(facts: ShowFacts, table: ShowTable, text: PropertyText): void {
  const own = new Set(Object.keys(facts.settings));
  for (const run of runs(table)) {
    const { settings } = run;
    if (settings?.isDisjointFrom(own)) text.append(unsetLines(run, facts));
    else for (const row of run.rows) addRow(row, facts, text);
  }
}

/** `names` null: all. Unknown names show nothing. */
export function showUnit(facts: ShowFacts, names: ReadonlySet<string> | null, printing: Printing = TERSE): Pieces {
  const text = new PropertyText(printing);
  const isUsual = names === null && !printing.empty && !printing.valueOnly;
  for (const table of TABLES[facts.unit.config.type] ?? [UNIT_SHOW])
    if (isUsual) showAll(facts, table, text);
    else for (const row of table) if (names === null || names.has(row[0])) addRow(row, facts, text);
  return text.pieces();
}
