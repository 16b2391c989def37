/** From a name to a unit as its files describe it: fragment, drop-ins, settings, what is wrong with it. */

import type { Settings } from '../directive/tables.ts';
import type { Machine } from '../exec/specifier.ts';
import { specifiersOf } from '../exec/specifier.ts';
import type { BusError, DependencyKind, LoadState, UnitType } from '../model.ts';
import {
  completeAutomount,
  completeDevice,
  completeMount,
  completeRoot,
  completeSwap,
} from '../mount/complete-mount.ts';
import { nameKind, ROOT_MOUNT, typeOfName } from '../name.ts';
import { completePath } from '../path/complete-path.ts';
import { type Completed, completeService } from '../service/complete-service.ts';
import { completeSocket } from '../socket/complete-socket.ts';
import { completeTimer } from '../timer/complete-timer.ts';
import { baseName } from './link-target.ts';
import { type LogLine, SettingsReader } from './settings-reader.ts';
import type { UnitFiles } from './unit-files.ts';
import type { UnitIndex } from './unit-index.ts';
import { type MadeFrom, watched } from './watched-sources.ts';

export interface LoadedUnit {
  readonly id: string;
  readonly type: UnitType;
  /** The id and its aliases. */
  readonly names: readonly string[];
  readonly load: LoadState;
  readonly error: BusError | null;
  /** '' without a file. */
  readonly fragment: string;
  readonly dropIns: readonly string[];
  readonly settings: Settings;
  /** What .wants/, .requires/ and .upholds/ folders add. */
  readonly folders: readonly (readonly [kind: DependencyKind, name: string])[];
  /** Files that were read, to notice changes. */
  readonly read: readonly { readonly path: string; readonly mtimeMs: number }[];
  readonly lines: readonly LogLine[];
  /** With the same index and these as they were, it would be the same. */
  readonly madeFrom: MadeFrom;
}

export interface Sources {
  readonly files: UnitFiles;
  /** What the kernel has mounted, or swaps to, under the name of this unit. */
  readonly kernelHas?: (id: string) => Partial<Settings> | null;
  readonly index: UnitIndex;
  readonly machine: Machine;
}

/** Loads the unit that a name stands for. Never throws: what is wrong is in `load` and `error`. */
export function loadUnit(name: string, from: Sources): LoadedUnit {
  const { sources, madeFrom } = watched(from);
  return { ...describe(name, sources), madeFrom: madeFrom() };
}

function describe(name: string, sources: Sources): Omit<LoadedUnit, 'madeFrom'> {
  const located = sources.index.locate(name);
  const type = typeOfName(located.id) ?? 'service';
  const fragment = located.is === 'missing' ? '' : located.path;
  const resolve = specifiersOf({ id: located.id, fragment }, sources.machine);
  const isZone = (zone: string): boolean => sources.files.type(`/usr/share/zoneinfo/${zone}`) === 'file';
  const reader = new SettingsReader(type, resolve, isZone);
  const base = {
    id: located.id,
    type,
    names: located.names,
    fragment,
    dropIns: [],
    settings: reader.settings,
    folders: [],
    read: [],
    lines: reader.lines,
  };
  if (located.is === 'masked') return { ...base, load: 'masked', error: masked(located.id) };
  const fromKernel = located.is === 'missing' ? (sources.kernelHas?.(located.id) ?? null) : null;
  if (fromKernel !== null) Object.assign(reader.settings, fromKernel);
  const implied = fromKernel !== null || (located.is === 'missing' && isImplied(type, located.id));
  if (located.is === 'missing' && !implied)
    return { ...base, load: 'not-found', error: { name: 'NoSuchUnit', message: `Unit ${located.id} not found.` } };

  const read: { path: string; mtimeMs: number }[] = [];
  const failed = implied ? null : readFragment(fragment, located.id, reader, sources.files, read);
  if (failed !== null) return { ...base, ...failed, read };
  const dropIns = dropInsOf(located.names, sources);
  for (const path of dropIns) readDropIn(path, reader, sources.files, read);
  const folders = dependencyFolders(located.names, sources, reader);
  const checked = reader.fatal ? fatalSetting(located.id, reader) : checkType(located.id, type, reader);
  return { ...base, ...checked, dropIns, folders, read };
}

const masked = (id: string): BusError => ({ name: 'UnitMasked', message: `Unit ${id} is masked.` });
const badSetting = (id: string): BusError => ({
  name: 'BadUnitSetting',
  message: `Unit ${id} has a bad unit file setting.`,
});

/** Slices, devices, PID 1's own scope and the root of all are there without any file. */
function isImplied(type: UnitType, id: string): boolean {
  return type === 'slice' || type === 'device' || id === 'init.scope' || id === ROOT_MOUNT;
}

function readFragment(
  path: string,
  id: string,
  reader: SettingsReader,
  files: UnitFiles,
  read: { path: string; mtimeMs: number }[],
): { load: LoadState; error: BusError } | null {
  const content = files.read(path);
  if (!content.ok) {
    const why = { missing: 'No such file or directory', 'too-large': 'File too large', failed: 'Input/output error' }[
      content.why
    ];
    return { load: 'error', error: loadFailed(id, why) };
  }
  read.push({ path, mtimeMs: content.mtimeMs });
  if (content.text === '') return { load: 'masked', error: masked(id) };
  if (reader.read(path, content.text)) return null;
  return { load: 'error', error: loadFailed(id, 'Bad message') };
}

function loadFailed(id: string, why: string): BusError {
  return {
    name: 'LoadFailed',
    message: `Unit ${id} failed to load properly, please adjust/correct and reload service manager: ${why}`,
  };
}

function readDropIn(
  path: string,
  reader: SettingsReader,
  files: UnitFiles,
  read: { path: string; mtimeMs: number }[],
): void {
  const content = files.read(path);
  if (!content.ok) return;
  read.push({ path, mtimeMs: content.mtimeMs });
  reader.read(path, content.text);
}

/** Of files of one name the first folder's counts; they are read in the order of their names. */
export function dropInsOf(names: readonly string[], sources: Sources): readonly string[] {
  const byName = new Map<string, string>();
  for (const folder of sources.index.foldersFor(names, 'd'))
    for (const entry of sources.files.list(folder)) {
      if (entry.name.endsWith('.conf') && entry.type !== 'directory' && !byName.has(entry.name))
        byName.set(entry.name, `${folder}/${entry.name}`);
    }
  const sorted = [...byName.values()].sort((a, b) => (baseName(a) < baseName(b) ? -1 : 1));
  return sorted.filter((path) => sources.files.real(path) !== '/dev/null');
}

const FOLDER_KINDS = [
  ['wants', 'Wants'],
  ['requires', 'Requires'],
  ['upholds', 'Upholds'],
] as const;
function dependencyFolders(
  names: readonly string[],
  sources: Sources,
  reader: SettingsReader,
): [DependencyKind, string][] {
  const found: [DependencyKind, string][] = [];
  for (const [suffix, kind] of FOLDER_KINDS) {
    const seen = new Set<string>();
    for (const folder of sources.index.foldersFor(names, suffix))
      for (const entry of sources.files.list(folder)) {
        const path = `${folder}/${entry.name}`;
        if (entry.type !== 'symlink' || nameKind(entry.name) === null || seen.has(entry.name)) continue;
        seen.add(entry.name);
        if (sources.files.real(path) === '/dev/null') continue;
        if (nameKind(entry.name) === 'template')
          reader.lines.push({
            priority: 4,
            text: `Cannot add ${kind} dependency on ${entry.name}, ignoring: Invalid argument`,
          });
        else found.push([kind, entry.name]);
      }
  }
  return found;
}

function fatalSetting(id: string, reader: SettingsReader): { load: LoadState; error: BusError } {
  reader.lines.push({ priority: 3, text: `${id}: Unit configuration has fatal error, unit will not be started.` });
  return { load: 'bad-setting', error: badSetting(id) };
}

/** What follows from all settings together; null for types where nothing does. */
function complete(id: string, type: UnitType, reader: SettingsReader): Completed | null {
  if (type === 'service') return completeService(reader.settings);
  if (type === 'path') return completePath(reader.settings.Path);
  if (type === 'socket') return completeSocket(reader.settings.Socket);
  if (type === 'timer') return completeTimer(reader.settings.Timer);
  if (type === 'automount') return completeAutomount(id, reader.settings);
  if (type === 'mount') return id === ROOT_MOUNT ? completeRoot(reader.settings) : completeMount(id, reader.settings);
  if (type === 'device') return completeDevice(reader.settings);
  if (type === 'swap') return completeSwap(id, reader.settings);
  return null;
}

function checkType(id: string, type: UnitType, reader: SettingsReader): { load: LoadState; error: BusError | null } {
  const completed = complete(id, type, reader);
  if (completed === null) return { load: 'loaded', error: null };
  const { settings, refusal, warnings } = completed;
  Object.assign(reader.settings, settings);
  for (const warning of warnings) reader.lines.push({ priority: 4, text: `${id}: ${warning}` });
  if (refusal === null) return { load: 'loaded', error: null };
  reader.lines.push({ priority: 3, text: `${id}: ${refusal}` });
  return { load: 'bad-setting', error: badSetting(id) };
}
