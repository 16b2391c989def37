/**
 * A target that runs once more, with all that it pulls in: what a fork must do although its template is up already.
 *
 *   renew() in a fork: all is down and no condition holds? nothing to do. Jobs for that cost a fork 140 ms.
 *   look() in the template, or an earlier renew(): what is pulled in is known then, and the fork need not read a unit.
 */
import { type ConditionWorld, testConditions } from '../unit/condition/evaluate.ts';
import type { Condition } from '../unit/directive/unit-readers.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { JobResult } from '../unit/model.ts';
import type { UnitManager } from './unit-manager.ts';

interface Pulled {
  readonly id: string;
  readonly conditions: readonly Condition[];
}

export class RenewedTarget {
  readonly #manager: UnitManager;
  readonly #world: ConditionWorld;
  readonly #name: string;
  /** What is pulled in, from when all of it was down until the next daemon-reload. */
  #known: readonly Pulled[] | null = null;

  constructor(manager: UnitManager, world: ConditionWorld, name: string) {
    this.#manager = manager;
    this.#world = world;
    this.#name = name;
  }

  /** For the next renew(), which comes in a fork of this very state. */
  look(): void {
    this.#known = this.#whenDown();
  }

  /** Units are read anew. */
  forget(): void {
    this.#known = null;
  }

  /** null when one is not down. */
  #whenDown(): readonly Pulled[] | null {
    const { registry } = this.#manager;
    const known = this.#known;
    if (known?.every(({ id }) => registry.peek(id)?.isDown ?? true)) return known;
    const { pulled } = this.#find();
    if (!pulled.every((unit) => unit.isDown)) return null;
    return pulled.map(({ id, config }) => ({ id, conditions: config.settings.Conditions }));
  }

  /** @param done called once, with the units that did not start and why; at once when there is nothing to start */
  renew(done: (failed: string[]) => void): void {
    this.#known = this.#whenDown();
    if (this.#known?.every(({ conditions }) => !this.#mayStart(conditions))) done([]);
    else this.#restart(this.#all(), done);
  }

  /** Runs again what is passed one of these variables (PassEnvironment=), and nothing else. */
  renewFor(variables: readonly string[], done: (failed: string[]) => void): void {
    const passed = ({ config }: Unit): boolean =>
      config.settings.PassEnvironment.some((name) => variables.includes(name));
    // To look at units at all costs a guest on its way to its first command milliseconds.
    this.#restart(variables.length === 0 ? [] : this.#find().pulled.filter(passed), done);
  }

  /** All but what is down and stays so. */
  #all(): Unit[] {
    const { target, pulled } = this.#find();
    const due = pulled.filter((unit) => !unit.isDown || this.#mayStart(unit.config.settings.Conditions));
    return pulled.length === 0 ? [] : [...due, target];
  }

  #mayStart(conditions: readonly Condition[]): boolean {
    return testConditions(conditions, this.#world).holds;
  }

  #find(): { target: Unit; pulled: Unit[] } {
    const target = this.#manager.registry.get(this.#name);
    const pulled = target.config.load === 'loaded' ? [...target.related(['Wants', 'Requires', 'BindsTo'])] : [];
    return { target, pulled };
  }

  /** A restart begins what is down and ends what the template left running. */
  #restart(units: readonly Unit[], done: (failed: string[]) => void): void {
    const failed: string[] = [];
    const open = new Set<Unit>();
    const ended = (unit: Unit, result: JobResult): void => {
      if (result !== 'done') failed.push(`${unit.id}: ${result}`);
      open.delete(unit);
      if (open.size === 0) done(failed);
    };
    for (const unit of units) {
      const queued = this.#manager.add(unit, 'restart', 'replace');
      if (queued.ok) open.add(unit);
      else failed.push(`${unit.id}: ${queued.error.message}`);
      if (queued.ok) queued.job.listeners.push((_, result) => ended(unit, result));
    }
    if (open.size === 0) done(failed);
  }
}
