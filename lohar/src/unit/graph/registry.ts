/** All units that are in memory, by each of their names. Units come in when something names them and go when nothing does. */

import { DEFAULTS } from '../directive/tables.ts';
import { IndexChange } from '../load/index-change.ts';
import type { LoadedUnit, Sources } from '../load/load-unit.ts';
import { loadUnit } from '../load/load-unit.ts';
import type { UnitIndex } from '../load/unit-index.ts';
import { isAsNoted } from '../load/watched-sources.ts';
import type { DependencyKind } from '../model.ts';
import { mountUnitsFor } from '../mount/mount-edges.ts';
import { ROOT_MOUNT, typeOfName } from '../name.ts';
import { type Edge, edgesOf } from './implicit.ts';
import { inverse, RELATIONS } from './relations.ts';
import { Unit } from './unit.ts';

/** Units in memory at once; names beyond are not found. */
export const UNITS_MAX = 16_384;
/** Where it has no file there is no system bus. */
export const BUS_SOCKET = 'dbus.socket';

export interface RegistryPort {
  /** A fresh look at the unit folders. */
  sources(): Sources;
  /** The unit was read: its warnings are due. */
  loaded(unit: Unit): void;
  /** The unit leaves memory. */
  dropped(unit: Unit): void;
}

export class UnitRegistry {
  readonly #byName = new Map<string, Unit>();
  readonly #port: RegistryPort;
  #sources: Sources;
  /** That of the last reload: since then units were read with newer ones, and others not. */
  #indexRead: UnitIndex;

  constructor(port: RegistryPort) {
    this.#port = port;
    this.#sources = port.sources();
    this.#indexRead = this.#sources.index;
  }

  get sources(): Sources {
    return this.#sources;
  }

  /** Units, each once. */
  *all(): IterableIterator<Unit> {
    for (const [name, unit] of this.#byName) if (name === unit.id) yield unit;
  }

  /** The number of names, aliases included. */
  get nameCount(): number {
    return this.#byName.size;
  }

  /** Only if it is in memory. */
  peek(name: string): Unit | null {
    return this.#byName.get(name) ?? null;
  }

  /** The unit of this name with all that it refers to; loaded now if need be. */
  get(name: string): Unit {
    const known = this.#byName.get(name);
    const load = known?.config.load ?? 'stub';
    if (known !== undefined && load !== 'stub' && load !== 'not-found') return known;
    // Its file may have come since the others were read.
    const before = this.#sources.index;
    this.#sources = this.#port.sources();
    if (known !== undefined && load === 'not-found') {
      if (this.#sources.index !== before) this.loadAgain(known);
      return known;
    }
    const unit = this.#enter(name);
    this.#loadOpen([unit]);
    return unit;
  }

  /** Files may have come or changed since this unit was not found or was refused: looks again. */
  loadAgain(unit: Unit): void {
    this.#sources = this.#port.sources();
    this.#removeEdgesFrom(unit);
    unit.config = stub(unit.id);
    this.#loadOpen([unit]);
  }

  /** A relation that no file names; it goes with a reload. */
  link(from: Unit, kind: DependencyKind, to: Unit): void {
    connect(from, kind, to);
  }

  /** daemon-reload: reads every unit anew whose files are not what they were; what units are doing stays. */
  reload(): void {
    this.#sources = this.#port.sources();
    const change = new IndexChange(this.#indexRead, this.#sources.index);
    this.#indexRead = this.#sources.index;
    const units = [...this.all()];
    const configs = this.#readChanged(units, change);
    const isTied = ({ id, config }: Unit): boolean => isRelatedAsBefore(config, configs.get(id) ?? config);
    if (change.hasMounts || change.touches([BUS_SOCKET]) || !units.every(isTied)) {
      this.#rebuild(units, configs);
      return;
    }
    for (const unit of units) {
      const config = configs.get(unit.id) ?? unit.config;
      const isRead = config !== unit.config;
      unit.config = config;
      if (isRead || config.lines.length > 0) this.#port.loaded(unit);
    }
  }

  /** @returns the description of each unit: the one that it has, unless what that was made from is not as it was */
  #readChanged(units: readonly Unit[], change: IndexChange): Map<string, LoadedUnit> {
    const stamps = new Map<string, string>();
    const stampOf = (path: string): string => {
      const known = stamps.get(path);
      if (known !== undefined) return known;
      const stamp = this.#sources.files.stamp(path);
      stamps.set(path, stamp);
      return stamp;
    };
    const isSame = ({ names, madeFrom }: LoadedUnit): boolean => !change.touches(names) && isAsNoted(madeFrom, stampOf);
    return new Map(units.map(({ id, config }) => [id, isSame(config) ? config : loadUnit(id, this.#sources)]));
  }

  /** @param kept descriptions that need not be read again */
  #rebuild(units: readonly Unit[], kept: ReadonlyMap<string, LoadedUnit>): void {
    this.#byName.clear();
    for (const unit of units) {
      unit.edges.clear();
      unit.config = stub(unit.id);
    }
    const open: Unit[] = [];
    for (const unit of units) {
      // Two units of before may be one now; the one that does something stays.
      const id = this.#sources.index.locate(unit.id).id;
      const other = this.#byName.get(id);
      if (other !== undefined && (unit.isDown || !other.isDown)) continue;
      unit.config = stub(id);
      this.#byName.set(id, unit);
      open.push(unit);
    }
    this.#loadOpen(
      open.filter((unit) => this.#byName.get(unit.id) === unit),
      kept,
    );
  }

  #enter(name: string): Unit {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const { id } = this.#sources.index.locate(name);
    const unit = this.#byName.get(id) ?? new Unit(stub(id));
    this.#byName.set(id, unit);
    if (id !== name) this.#byName.set(name, unit);
    return unit;
  }

  /** Reads these units and all that they name, until nothing is open. */
  #loadOpen(open: readonly Unit[], known: ReadonlyMap<string, LoadedUnit> = new Map()): void {
    const queue = [...open];
    const fresh: Unit[] = [];
    for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
      if (unit.config.load !== 'stub') continue;
      this.#configure(unit, known.get(unit.id) ?? loadUnit(unit.id, this.#sources));
      fresh.push(unit);
      queue.push(...this.#connect(unit));
    }
    const appeared = fresh.filter(
      ({ config: { type, load, fragment } }) => type === 'mount' && load === 'loaded' && fragment === '',
    );
    this.#orderMounts(new Set(appeared.map(({ id }) => id)));
    for (const unit of fresh) {
      this.#orderTargets(unit);
      this.#port.loaded(unit);
    }
  }

  #configure(unit: Unit, config: LoadedUnit): void {
    unit.config = config;
    for (const name of config.names) this.#byName.set(name, unit);
  }

  /** @returns units that are named here and not loaded yet */
  #connect(unit: Unit): Unit[] {
    const open: Unit[] = [];
    for (const [kind, name] of [...edgesOf(unit.config), ...this.#mountEdges(unit), ...this.#busEdges(unit)]) {
      if (this.#byName.size >= UNITS_MAX && !this.#byName.has(name)) continue;
      const other = this.#enter(name);
      if (other === unit) continue;
      connect(unit, kind, other);
      connect(unit, 'References', other);
      if (other.config.load === 'stub') open.push(other);
    }
    return open;
  }

  /** It comes after the mounts that it needs, as far as there are any; those with a file are started for it. */
  #mountEdges(unit: Unit): Edge[] {
    if (unit.config.load !== 'loaded') return [];
    return mountUnitsFor(unit.config).flatMap((name): Edge[] => {
      if (this.#sources.index.has(name))
        return [
          ['After', name],
          ['Requires', name],
        ];
      const isThere = name === ROOT_MOUNT || this.#byName.get(name)?.config.load === 'loaded';
      return isThere ? [['After', name]] : [];
    });
  }

  /** A service that waits for its bus name needs the bus, where one is installed. */
  #busEdges({ config: { type, load, settings } }: Unit): Edge[] {
    if (type !== 'service' || load !== 'loaded' || settings.Type !== 'dbus') return [];
    if (!this.#sources.index.has(BUS_SOCKET)) return [];
    return [
      ['Requires', BUS_SOCKET],
      ['After', BUS_SOCKET],
    ];
  }

  /** Those that were there before a mount appeared come after it all the same. */
  #orderMounts(mounts: ReadonlySet<string>): void {
    if (mounts.size === 0) return;
    for (const unit of this.all())
      for (const name of mountUnitsFor(unit.config)) {
        const mount = mounts.has(name) ? this.#byName.get(name) : undefined;
        if (mount !== undefined && unit.config.load === 'loaded') connect(unit, 'After', mount);
      }
  }

  /** A target comes after all that it pulls in, unless both or either want no automatic order. */
  #orderTargets(unit: Unit): void {
    if (unit.config.type === 'target')
      for (const other of unit.related(RELATIONS.targetAfter)) orderTarget(unit, other);
    for (const kind of RELATIONS.targetAfter)
      for (const target of unit.edges.get(inverse(kind)) ?? [])
        if (target.config.type === 'target') orderTarget(target, unit);
  }

  #removeEdgesFrom(unit: Unit): void {
    for (const [kind, others] of unit.edges)
      for (const other of others) {
        // What the other one's files say stays.
        if (
          OUTGOING.has(kind) &&
          !edgesOf(other.config).some(([k, name]) => inverse(k) === kind && this.#byName.get(name) === unit)
        ) {
          others.delete(other);
          other.edges.get(inverse(kind))?.delete(unit);
        }
      }
  }

  /** Drops a unit that is down, has no job and is named by nothing that stays. @returns true when it is gone */
  collect(unit: Unit, isBusy: (unit: Unit) => boolean): boolean {
    if (this.#byName.get(unit.id) !== unit || this.#isHeld(unit, isBusy)) return false;
    for (const [kind, others] of unit.edges) for (const other of others) other.edges.get(inverse(kind))?.delete(unit);
    unit.edges.clear();
    for (const name of unit.config.names) this.#byName.delete(name);
    for (const [name, other] of this.#byName) if (other === unit) this.#byName.delete(name);
    this.#port.dropped(unit);
    return true;
  }

  /** Is there a way over references from a unit that must stay? */
  #isHeld(unit: Unit, isBusy: (unit: Unit) => boolean): boolean {
    const seen = new Set([unit]);
    const open = [unit];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (mustStay(at) || isBusy(at)) return true;
      for (const other of at.edges.get('ReferencedBy') ?? [])
        if (!seen.has(other)) {
          seen.add(other);
          open.push(other);
        }
    }
    return false;
  }
}

const OUTGOING: ReadonlySet<string> = new Set([
  'Requires',
  'Requisite',
  'Wants',
  'BindsTo',
  'PartOf',
  'Upholds',
  'Conflicts',
  'Before',
  'After',
  'OnSuccess',
  'OnFailure',
  'Triggers',
  'PropagatesReloadTo',
  'ReloadPropagatedFrom',
  'PropagatesStopTo',
  'StopPropagatedFrom',
  'JoinsNamespaceOf',
  'References',
  'InSlice',
]);

/** Would a unit be tied to others by its new description as it is by the one before? */
function isRelatedAsBefore(before: LoadedUnit, after: LoadedUnit): boolean {
  if (before === after) return true;
  const ties = (config: LoadedUnit): string =>
    JSON.stringify([
      ...[config.id, config.load, config.names, config.settings.DefaultDependencies],
      ...[edgesOf(config), mountUnitsFor(config)],
    ]);
  return ties(before) === ties(after);
}

function mustStay(unit: Unit): boolean {
  if (unit.job !== null || unit.nopJob !== null || unit.perpetual) return true;
  if (unit.active === 'failed') return unit.config.settings.CollectMode !== 'inactive-or-failed';
  return unit.active !== 'inactive';
}

function connect(from: Unit, kind: Parameters<typeof inverse>[0], to: Unit): void {
  for (const [unit, relation, other] of [
    [from, kind, to],
    [to, inverse(kind), from],
  ] as const) {
    const others = unit.edges.get(relation);
    if (others === undefined) unit.edges.set(relation, new Set([other]));
    else others.add(other);
  }
}

function orderTarget(target: Unit, other: Unit): void {
  if (target.config.load !== 'loaded' || other.config.load !== 'loaded') return;
  if (!target.config.settings.DefaultDependencies || !other.config.settings.DefaultDependencies) return;
  if (!target.has('Before', other)) connect(target, 'After', other);
}

function stub(id: string): LoadedUnit {
  return {
    id,
    type: typeOfName(id) ?? 'service',
    names: [id],
    load: 'stub',
    error: null,
    fragment: '',
    dropIns: [],
    settings: DEFAULTS,
    folders: [],
    read: [],
    lines: [],
    madeFrom: null,
  };
}
