/**
 * A path unit.
 *
 *   dead -> waiting <-> running (its unit is at work) -> dead | failed
 *
 * Nothing is polled: inotify tells of changes, and what is there is looked at once more after the watches stand.
 */
import { SysError, type Watch } from '@bhatti/runtime/sys.ts';
import type { Unit } from '../../unit/graph/unit.ts';
import type { Attempt } from '../../unit/job/queue.ts';
import type { ActiveState, UnitResult } from '../../unit/model.ts';
import type { PathSettings, PathSpec } from '../../unit/path/path-settings.ts';
import type { PathFacts } from '../../unit/show/own-facts.ts';
import { errorText } from '../launch/error-text.ts';
import { makeParents } from '../make-parents.ts';
import { Rate } from '../rate.ts';
import type { UnitRunner, UnitRunnerPort } from '../unit-runner.ts';
import { type Opened, openWatch, readEvents } from './spec-watch.ts';

type Sub = 'dead' | 'waiting' | 'running' | 'failed';
const ACTIVE: Readonly<Record<Sub, ActiveState>> = {
  dead: 'inactive',
  waiting: 'active',
  running: 'active',
  failed: 'failed',
};

interface Kept {
  readonly result: UnitResult;
  /** Of each path: was it there when it was last looked at? */
  readonly existed: readonly boolean[];
  /** Of each path, while it is watched. */
  readonly watches: readonly Opened[];
}

class PathRunner implements UnitRunner {
  readonly #unit: Unit;
  readonly #port: UnitRunnerPort;
  readonly #triggers = new Rate();
  readonly #watches: Watch[] = [];
  #state: Kept = { result: 'success', existed: [], watches: [] };

  constructor(unit: Unit, port: UnitRunnerPort, kept: Kept | null) {
    this.#unit = unit;
    this.#port = port;
    if (kept !== null) this.#state = kept;
  }

  readonly facts: PathFacts = { type: 'path' };

  get result(): UnitResult {
    return this.#state.result;
  }

  get #settings(): PathSettings | null {
    return this.#unit.config.settings.Path;
  }

  get #sub(): Sub {
    return this.#unit.sub as Sub;
  }

  get #trigger(): Unit | undefined {
    return [...this.#unit.related(['Triggers'])][0];
  }

  start(): Attempt {
    const trigger = this.#trigger;
    if (trigger?.config.load !== 'loaded') {
      this.#port.log(this.#unit, 3, `Refusing to start, unit ${trigger?.id ?? ''} to trigger not loaded.`);
      return 'failed';
    }
    this.#unit.invocationId = this.#port.newId();
    this.#set({ result: 'success' });
    this.#makeFolders();
    this.#wait(true, false);
    return 'begun';
  }

  #makeFolders(): void {
    const settings = this.#settings;
    if (settings?.MakeDirectory !== true) return;
    for (const { kind, path } of settings.specs) {
      if (kind === 'PathExists' || kind === 'PathExistsGlob') continue;
      try {
        makeParents(this.#port.sys, `${path}/`, settings.DirectoryMode);
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
        this.#port.log(this.#unit, 4, `Failed to create directory ${path}: ${errorText(error.code)}`);
      }
    }
  }

  refuse(result: UnitResult): void {
    this.#end(result);
  }

  stop(): Attempt {
    this.#end('success');
    return 'begun';
  }

  triggered(other: Unit): void {
    if (this.#sub !== 'running' && this.#sub !== 'waiting') return;
    if (other.startLimitHit) {
      this.#end('unit-start-limit-hit');
      return;
    }
    if (other.job !== null) return;
    if ((this.#sub === 'running') === other.isDown) this.#wait(false, true);
  }

  reloaded(): void {
    if (this.#sub === 'waiting' || this.#sub === 'running') this.#watchAll();
  }

  resetFailed(): void {
    this.#set({ result: 'success' });
  }

  keep(): Kept {
    return this.#state;
  }

  resume(): void {
    if (this.#sub !== 'waiting' && this.#sub !== 'running') return;
    const { watches } = this.#state;
    if (watches.length > 0 && watches.every(({ fd }) => this.#port.isInherited(fd))) {
      for (const { fd } of watches) this.#port.holdOpen(fd);
      this.#listen();
    } else this.#watchAll();
    if (this.#sub === 'running' && this.#trigger !== undefined) this.triggered(this.#trigger);
  }

  dispose(): void {
    this.#unwatch();
  }

  #set(changes: Partial<Kept>): void {
    this.#state = { ...this.#state, ...changes };
    this.#port.keep(this.#unit);
  }

  #enter(sub: Sub): void {
    if (sub === 'dead' || sub === 'failed') this.#unwatch();
    this.#port.setState(this.#unit, sub, ACTIVE[sub]);
  }

  // --- looking --------------------------------------------------------------------------------------------------

  /** @param first this is the start: what is there already is no change */
  #wait(first: boolean, afterUnit: boolean): void {
    const found = this.#good(first, afterUnit);
    if (found !== null) {
      if (this.#state.watches.length === 0 && !this.#watchAll()) return;
      this.#run(found);
      return;
    }
    if (!this.#watchAll()) return;
    // It may have come between the look and the watch.
    const now = this.#good(false, afterUnit);
    if (now !== null) this.#run(now);
    else this.#enter('waiting');
  }

  /** The path that asks for a start, if one does. */
  #good(first: boolean, afterUnit: boolean): string | null {
    const existed: boolean[] = [];
    let found: string | null = null;
    for (const [i, spec] of (this.#settings?.specs ?? []).entries()) {
      const is = this.#holds(spec);
      const isChange = spec.kind === 'PathChanged' || spec.kind === 'PathModified';
      const good = isChange ? !first && !afterUnit && is !== (this.#state.existed[i] ?? false) : is;
      existed.push(is);
      if (good) found ??= spec.kind === 'PathExistsGlob' ? this.#port.conditions.firstMatch(spec.path) : spec.path;
    }
    this.#set({ existed });
    return found;
  }

  #holds({ kind, path }: PathSpec): boolean {
    const { sys } = this.#port;
    switch (kind) {
      case 'PathExistsGlob':
        return this.#port.conditions.firstMatch(path) !== null;
      case 'DirectoryNotEmpty':
        try {
          return sys.readdir(path, 1).length > 0;
        } catch (error) {
          if (error instanceof SysError) return !/^(ENOENT|ENOTDIR)$/.test(error.code);
          throw error;
        }
      default:
        return sys.access(path, 0);
    }
  }

  /** @returns false when the unit has failed of it */
  #watchAll(): boolean {
    this.#unwatch();
    const watches: Opened[] = [];
    try {
      for (const spec of this.#settings?.specs ?? []) watches.push(openWatch(this.#port.sys, spec));
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      for (const { fd } of watches) this.#port.sys.close(fd);
      this.#port.log(this.#unit, 4, `Failed to enter waiting state: ${errorText(error.code)}`);
      this.#end('resources');
      return false;
    }
    for (const { fd } of watches) this.#port.holdOpen(fd);
    this.#set({ watches });
    this.#listen();
    return true;
  }

  #listen(): void {
    for (const [i, opened] of this.#state.watches.entries())
      this.#watches.push(this.#port.loop.watch(opened.fd, 'in', () => this.#happened(i, opened)));
  }

  #unwatch(): void {
    for (const watch of this.#watches.splice(0)) watch.stop();
    for (const { fd } of this.#state.watches) {
      this.#port.letGo(fd);
      this.#port.sys.close(fd);
    }
    if (this.#state.watches.length > 0) this.#set({ watches: [] });
  }

  #happened(index: number, opened: Opened): void {
    const spec = this.#settings?.specs[index];
    const changed = readEvents(this.#port.sys, opened);
    if (spec === undefined || (this.#sub !== 'waiting' && this.#sub !== 'running')) return;
    if (changed && (spec.kind === 'PathChanged' || spec.kind === 'PathModified')) this.#run(spec.path);
    else this.#wait(false, false);
  }

  #run(path: string): void {
    const settings = this.#settings;
    const trigger = this.#trigger;
    if (this.#unit.job?.type === 'stop' || settings === null) return;
    if (trigger === undefined) {
      this.#port.log(this.#unit, 3, 'Unit to trigger vanished.');
      this.#end('resources');
      return;
    }
    const { TriggerLimitIntervalSec, TriggerLimitBurst } = settings;
    if (!this.#triggers.allows(this.#port.now().monotonicUsec, TriggerLimitIntervalSec, TriggerLimitBurst)) {
      this.#port.log(this.#unit, 4, 'Trigger limit hit, refusing further activation.');
      this.#end('trigger-limit-hit');
      return;
    }
    const error = this.#port.trigger(trigger, [`TRIGGER_UNIT=${this.#unit.id}`, `TRIGGER_PATH=${path}`]);
    if (error !== null) {
      this.#port.log(this.#unit, 4, `Failed to queue unit startup job: ${error.message}`);
      this.#end('resources');
      return;
    }
    this.#enter('running');
  }

  #end(result: UnitResult): void {
    if (this.#state.result === 'success') this.#set({ result });
    const failed = this.#state.result !== 'success';
    if (failed) this.#port.log(this.#unit, 4, `Failed with result '${this.#state.result}'.`);
    else this.#port.log(this.#unit, 6, 'Deactivated successfully.');
    this.#enter(failed ? 'failed' : 'dead');
  }
}

/** @param kept of the image of PID 1 before this one */
export function makePath(unit: Unit, port: UnitRunnerPort, kept: unknown): UnitRunner {
  return new PathRunner(unit, port, kept as Kept | null);
}
