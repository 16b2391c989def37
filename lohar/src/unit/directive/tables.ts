/** Which directives a unit type knows, in which section, and what a unit of it is before any file is read. */
import type { UnitType } from '../model.ts';
import type { AutomountSettings, MountSettings, SwapSettings } from '../mount/mount-settings.ts';
import type { PathSettings } from '../path/path-settings.ts';
import type { SocketSettings } from '../socket/socket-settings.ts';
import type { TimerSettings } from '../timer/timer-settings.ts';
import { CGROUP_TABLE, type CgroupSettings } from './cgroup-table.ts';
import type { Directive, Enforcer } from './directive.ts';
import { EXEC_TABLE, type ExecSettings } from './exec-table.ts';
import { KILL_TABLE, type KillSettings } from './kill-table.ts';
import { automountDirective, mountDirective, swapDirective } from './mount-table.ts';
import { pathDirective } from './path-table.ts';
import { SERVICE_TABLE, type ServiceSettings } from './service-table.ts';
import { socketDirective } from './socket-table.ts';
import { timerDirective } from './timer-table.ts';
import { conditionKind } from './unit-readers.ts';
import { isolateMode, UNIT_TABLE, type UnitSettings } from './unit-table.ts';

/** All settings of a unit. Types without processes have the defaults of services there, and nobody asks. */
export type Settings = UnitSettings & ServiceSettings & ExecSettings & KillSettings & CgroupSettings & OwnSections;

/** Whole sections of the types that have them, each in one piece; null until something is set there. */
export interface OwnSections {
  readonly Automount: AutomountSettings | null;
  readonly Mount: MountSettings | null;
  readonly Path: PathSettings | null;
  readonly Socket: SocketSettings | null;
  readonly Swap: SwapSettings | null;
  readonly Timer: TimerSettings | null;
}
const SECTIONS = {
  ...{ Automount: sectionRow('mount'), Mount: sectionRow('mount'), Swap: sectionRow('mount') },
  ...{ Path: sectionRow('path'), Socket: sectionRow('socket'), Timer: sectionRow('timer') },
} as const;

function sectionRow(enforcer: Enforcer): Directive<null> {
  return { read: () => undefined, initial: null, enforcer };
}
export type SettingName = keyof Settings;

const ALL = { ...UNIT_TABLE, ...SERVICE_TABLE, ...EXEC_TABLE, ...KILL_TABLE, ...CGROUP_TABLE, ...SECTIONS };

/** What every setting is when nobody sets it: the prototype of each unit's settings. */
export const DEFAULTS = Object.fromEntries(
  Object.entries(ALL).map(([name, row]) => [name, row.initial]),
) as unknown as Settings;

/** Old names and names that stand for several. */
const ALIASES: Readonly<Record<string, readonly SettingName[]>> = {
  BindTo: ['BindsTo'],
  PropagateReloadTo: ['PropagatesReloadTo'],
  PropagateReloadFrom: ['ReloadPropagatedFrom'],
  StartLimitInterval: ['StartLimitIntervalSec'],
  TimeoutSec: ['TimeoutStartSec', 'TimeoutStopSec'],
  ReadWriteDirectories: ['ReadWritePaths'],
  ReadOnlyDirectories: ['ReadOnlyPaths'],
  InaccessibleDirectories: ['InaccessiblePaths'],
};
/** [Unit] settings that [Service] accepts, too. */
const UNIT_IN_SERVICE: ReadonlySet<string> = new Set([
  'StartLimitIntervalSec',
  'StartLimitBurst',
  'StartLimitAction',
  'FailureAction',
  'RebootArgument',
]);
/** Accepted and without a meaning since long. */
const OBSOLETE: ReadonlySet<string> = new Set([
  'IgnoreOnSnapshot',
  'Capabilities',
  'NetClass',
  'SysVStartPriority',
  'BusPolicy',
  'RequiresOverridable',
  'RequisiteOverridable',
]);

export interface Found {
  readonly name: SettingName;
  readonly row: Directive<unknown>;
}
export type LookUp = readonly Found[] | 'obsolete' | 'other-type' | 'unknown';

/** The sections a unit type knows. */
export function sectionsOf(type: UnitType): ReadonlySet<string> {
  const own = type === 'target' || type === 'device' ? [] : [type.charAt(0).toUpperCase() + type.slice(1)];
  return new Set(['Unit', 'Install', ...own]);
}

/** What `key` means in `section` of a unit of this type. */
export function lookUp(type: UnitType, section: string, key: string): LookUp {
  if (OBSOLETE.has(key)) return 'obsolete';
  if (section === 'Unit') return lookUpUnit(key);
  if (type === 'service' && section === 'Service') return lookUpService(key);
  if (type === 'timer' && section === 'Timer') return ownSection('Timer', timerDirective(key));
  if (type === 'scope' && section === 'Scope') return lookUpScope(key);
  if (type === 'path' && section === 'Path') return ownSection('Path', pathDirective(key));
  if (type === 'socket' && section === 'Socket') return lookUpSocket(key);
  if (type === 'automount' && section === 'Automount') return ownSection('Automount', automountDirective(key));
  if (type === 'mount' && section === 'Mount') return withProcesses('Mount', key, mountDirective(key));
  if (type === 'swap' && section === 'Swap') return withProcesses('Swap', key, swapDirective(key));
  if (Object.hasOwn(CGROUP_TABLE, key)) return named([key as SettingName]);
  if (type === 'slice') return 'unknown';
  return Object.hasOwn(EXEC_TABLE, key) || Object.hasOwn(KILL_TABLE, key) ? 'other-type' : 'unknown';
}

const SCOPE_KEYS: ReadonlySet<string> = new Set(['RuntimeMaxSec', 'TimeoutStopSec', 'OOMPolicy']);
function lookUpScope(key: string): LookUp {
  const isShared = SCOPE_KEYS.has(key) || Object.hasOwn(CGROUP_TABLE, key) || Object.hasOwn(KILL_TABLE, key);
  return isShared ? named([key as SettingName]) : 'unknown';
}

/** A section of its own, and what all types with processes have. */
function withProcesses(name: keyof OwnSections, key: string, row: unknown): LookUp {
  const isShared = [CGROUP_TABLE, EXEC_TABLE, KILL_TABLE].some((table) => Object.hasOwn(table, key));
  return isShared ? named([key as SettingName]) : ownSection(name, row);
}

function ownSection(name: keyof OwnSections, row: unknown): LookUp {
  return row === null ? 'unknown' : [{ name, row: row as Directive<unknown> }];
}

/** Its commands and what they run in are named as a service's; the one before the sockets close is kept as ExecStop=. */
function lookUpSocket(key: string): LookUp {
  if (key === 'ExecStopPre') return named(['ExecStop']);
  if (/^Exec(StartPre|StartPost|StopPost)$/.test(key)) return named([key as SettingName]);
  return withProcesses('Socket', key, socketDirective(key));
}

function lookUpUnit(key: string): LookUp {
  if (key === 'OnFailureIsolate')
    return [
      { name: 'OnFailureJobMode', row: { ...UNIT_TABLE.OnFailureJobMode, read: isolateMode } as Directive<unknown> },
    ];
  if (conditionKind(key) !== null) return named([key.startsWith('Assert') ? 'Asserts' : 'Conditions']);
  const names = ALIASES[key] ?? [key as SettingName];
  return names.every((name) => Object.hasOwn(UNIT_TABLE, name) && name !== 'Conditions' && name !== 'Asserts')
    ? named(names)
    : 'unknown';
}

function lookUpService(key: string): LookUp {
  const names = ALIASES[key] ?? [key as SettingName];
  const known = names.every((name) =>
    Object.hasOwn(UNIT_TABLE, name) ? UNIT_IN_SERVICE.has(name) : Object.hasOwn(ALL, name),
  );
  return known ? named(names) : 'unknown';
}

function named(names: readonly SettingName[]): Found[] {
  return names.map((name) => ({ name, row: ALL[name] as Directive<unknown> }));
}

/** Settings that the unit makes and nothing enforces, for BhattiIgnored. */
export function isEnforced(name: SettingName): boolean {
  return ALL[name].enforcer !== null;
}
