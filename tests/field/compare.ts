/** Compares what a package did under lohar with what it did under real systemd: pure. */
import type { Properties, Recording, ServiceExercised, Step, UnitFound, Upgrade } from './recording.ts';

/** One thing that is not the same. */
export interface Difference {
  /** What was asked: 'units nginx.service ActiveState'. */
  readonly about: string;
  readonly systemd: string;
  readonly lohar: string;
}

/** Of a unit and of a state; the numbers of processes and restarts by the way are compared where they mean something. */
const SHOWN = [
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'UnitFileState',
  'Type',
  'ExecMainStatus',
  'TriggeredBy',
];
const STATE = ['ActiveState', 'SubState', 'Result', 'ExecMainCode', 'ExecMainStatus', 'NRestarts'];
const PURGED = ['LoadState', 'ActiveState', 'SubState', 'UnitFileState'];

/** @returns where to say it, and what is not the same so far */
function comparison(): { found: Difference[]; same: Same } {
  const found: Difference[] = [];
  const same = (about: string, left: unknown, right: unknown) => {
    const [a, b] = [text(left), text(right)];
    if (a !== b) found.push({ about, systemd: a, lohar: b });
  };
  return { found, same };
}

/** @returns nothing when a user could not tell one from the other */
export function upgradeDifferences(systemd: Upgrade, lohar: Upgrade): Difference[] {
  const { found, same } = comparison();
  same('upgrade from', `${systemd.from} to ${systemd.to}`, `${lohar.from} to ${lohar.to}`);
  same('upgrade rc', [systemd.install_rc, systemd.upgrade_rc], [lohar.install_rc, lohar.upgrade_rc]);
  same('upgrade messages', messages(systemd.said), messages(lohar.said));
  same('upgrade services', Object.keys(systemd.services).sort(), Object.keys(lohar.services).sort());
  for (const [unit, one] of Object.entries(systemd.services)) {
    const other = lohar.services[unit];
    if (other === undefined) continue;
    same(`${unit} restarted by the upgrade`, one.another, other.another);
    same(`${unit} after the upgrade`, of(one.state, STATE), of(other.state, STATE));
  }
  same('upgrade failed units', unitNames(systemd.failed), unitNames(lohar.failed));
  return found;
}

/** @returns nothing when a user could not tell one from the other */
export function differences(systemd: Recording, lohar: Recording): Difference[] {
  const { found, same } = comparison();
  same('install rc', systemd.install.rc, lohar.install.rc);
  same('install messages', messages(systemd.install.systemd_lines), messages(lohar.install.systemd_lines));
  same('unit files', sorted(systemd.unit_files), sorted(own(systemd, lohar.unit_files)));
  same('links added', sorted(systemd.links_added), sorted(lohar.links_added));
  same('links removed', sorted(systemd.links_removed), sorted(lohar.links_removed));
  same('enabled by deb-systemd-helper', sorted(systemd.helper_state_added), sorted(lohar.helper_state_added));
  same('failed units', unitNames(systemd.failed), unitNames(lohar.failed));
  same('listening', addresses(systemd.listening), addresses(lohar.listening));
  for (const [unit, one] of Object.entries(systemd.units)) compareUnit(unit, one, lohar.units[unit], same);
  for (const [unit, one] of Object.entries(systemd.sockets ?? {})) {
    const other = lohar.sockets?.[unit];
    same(`${unit} poke`, [one.poke_rc, one.Accept, one.Listen], [other?.poke_rc, other?.Accept, other?.Listen]);
    same(`${unit} after a connection`, one.socket_after, other?.socket_after);
    for (const [service, state] of Object.entries(one.after_connection))
      same(`${service} after a connection`, of(state, STATE), of(other?.after_connection[service], STATE));
  }
  same('services exercised', Object.keys(systemd.services).sort(), Object.keys(lohar.services).sort());
  for (const [unit, one] of Object.entries(systemd.services)) compareService(unit, one, lohar.services[unit], same);
  comparePurge(systemd, lohar, same);
  return found;
}

type Same = (about: string, left: unknown, right: unknown) => void;

function compareUnit(unit: string, one: UnitFound, other: UnitFound | undefined, same: Same): void {
  same(`${unit} is-enabled`, [one.is_enabled, one.is_enabled_rc], [other?.is_enabled, other?.is_enabled_rc]);
  same(`${unit} state`, of(one.show, SHOWN), of(other?.show, SHOWN));
}

function compareService(unit: string, one: ServiceExercised, other: ServiceExercised | undefined, same: Same): void {
  if (other === undefined) return;
  same(`${unit} processes`, programs(one.processes), programs(other.processes));
  for (const verb of ['restart', 'stop', 'start', 'reload'] as const)
    same(`${unit} ${verb}`, step(one[verb]), step(other[verb]));
  for (const when of ['after_restart', 'after_stop', 'after_start', 'after_reload'] as const)
    same(`${unit} ${when}`, of(one[when], STATE), of(other[when], STATE));
  same(`${unit} after_kill9`, begun(of(one.after_kill9, STATE)), begun(of(other.after_kill9, STATE)));
  same(`${unit} left after stop`, programs(one.left_in_cgroup), programs(other.left_in_cgroup));
  same(`${unit} another main process after kill -9`, one.new_main_after_kill9, other.new_main_after_kill9);
  same(`${unit} left after kill -9`, programs(one.left_after_kill9 ?? []), programs(other.left_after_kill9 ?? []));
  const [theirs, ours] = [managerLines(unit, one.journal ?? []), managerLines(unit, other.journal ?? [])];
  const count = Math.min(theirs.length, ours.length);
  same(`${unit} journal`, theirs.slice(theirs.length - count), ours.slice(ours.length - count));
}

function comparePurge(systemd: Recording, lohar: Recording, same: Same): void {
  same('purge rc', systemd.purge.rc, lohar.purge.rc);
  same('purge links left', sorted(systemd.purge.links_left), sorted(lohar.purge.links_left));
  same('purge deb-systemd-helper', sorted(systemd.purge.helper_state_left), sorted(lohar.purge.helper_state_left));
  same('purge failed units', unitNames(systemd.purge.failed), unitNames(lohar.purge.failed));
  if (systemd.purge.users_left) same('purge users left', systemd.purge.users_left, lohar.purge.users_left);
  for (const [unit, state] of Object.entries(systemd.purge.states))
    same(`${unit} after purge`, of(state, PURGED), of(lohar.purge.states[unit], PURGED));
}

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

const of = (state: Properties | undefined, names: readonly string[]): string =>
  names.flatMap((name) => (state && name in state ? [`${name}=${ordered(name, state[name] ?? '')}`] : [])).join(' ');

/** A set of units has no order of its own. */
const ordered = (name: string, value: string): string =>
  name === 'TriggeredBy' ? value.split(' ').sort().join(' ') : value;

/** Whether what begins anew has begun after three seconds is the machine's speed; a client asks whether it does at all. */
const begun = (state: string): string =>
  state.replace('ActiveState=activating SubState=start ', 'ActiveState=active SubState=running ');

const step = (one: Step | undefined): string => (one === undefined ? '' : `rc=${one.rc} ${one.output.join(' | ')}`);

/** The order is that of the machine's locale. */
const sorted = (all: readonly string[]): string[] => [...all].sort();

const unitNames = (lines: readonly string[]): string[] => lines.map((line) => line.split(' ')[0] ?? '').sort();

/** Packages that real systemd has and a sandbox has not bring unit files of their own. */
const own = (systemd: Recording, files: readonly string[]): string[] =>
  files.filter((file) => systemd.unit_files.includes(file));

/** What a reader of apt's output sees of the service manager; dpkg's own progress and lists of packages are not compared. */
const messages = (lines: readonly string[]): string[] =>
  lines
    .filter((line) => !/^( {2}|Unpacking|Selecting|Preparing|Setting up|Processing|Get:|Inst|\d+ upgraded)/.test(line))
    .sort();

/** Ports that are chosen anew each time are one word. */
const addresses = (lines: readonly string[]): string[] =>
  [
    ...new Set(
      lines.map((line) => {
        const [protocol = '', , , , address = ''] = line.split(' ');
        return `${protocol} ${address.replace(/:(3[2-9]\d{3}|[45]\d{4}|60\d{3})$/, ':PORT')}`;
      }),
    ),
  ].sort();

/** The programs of command lines, each once: how many workers run is a matter of the machine's size and the moment. */
const programs = (lines: readonly string[]): string[] => [...new Set(lines.map((line) => program(line)))].sort();

const program = (line: string): string => line.trim().replaceAll(/\d+/g, 'N').split(' ').slice(0, 2).join(' ');

/** The lines of PID 1 about the unit, without what differs from run to run. */
function managerLines(unit: string, journal: readonly string[]): string[] {
  const telling = new RegExp(
    `^(Start(ing|ed)|Stopp(ing|ed)|Reload(ing|ed)|Failed to|Finished|Closed|Listening) |^${escaped(unit)}: `,
  );
  return journal
    .filter((line) => telling.test(line) && !/Consumed|Killing process|Failed to kill control group/.test(line))
    .map((line) => line.replaceAll(/\b\d+\b/g, 'N'));
}

const escaped = (word: string): string => word.replaceAll(/[.*+?^$()[\]{}|\\]/g, '\\$&');
