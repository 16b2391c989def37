/** Units with runners of their own that are not services, by type: each runner is read when its first unit is touched. */
import type { Unit } from '../unit/graph/unit.ts';
import type { UnitType } from '../unit/model.ts';
import { makeTimer } from './timer-runner.ts';
import type { UnitRunner, UnitRunnerPort } from './unit-runner.ts';

const MAKERS: Readonly<Partial<Record<UnitType, typeof makeTimer>>> = {
  timer: (unit, port, kept) => makeTimer(unit, port, kept),
};

export class OtherUnits {
  readonly #port: UnitRunnerPort;
  readonly #runners = new Map<Unit, UnitRunner>();

  constructor(port: UnitRunnerPort) {
    this.#port = port;
  }

  /** null: units of this type have none. */
  of(unit: Unit): UnitRunner | null {
    return this.#runners.get(unit) ?? this.#make(unit, null);
  }

  peek(unit: Unit): UnitRunner | null {
    return this.#runners.get(unit) ?? null;
  }

  adopt(unit: Unit, kept: unknown): void {
    this.#make(unit, kept);
  }

  #make(unit: Unit, kept: unknown): UnitRunner | null {
    const runner = MAKERS[unit.config.type]?.(unit, this.#port, kept) ?? null;
    if (runner !== null) this.#runners.set(unit, runner);
    return runner;
  }

  /** Tells those that start this unit of its new state. */
  changed(unit: Unit): void {
    for (const other of unit.edges.get('TriggeredBy') ?? []) this.#runners.get(other)?.triggered(unit);
  }

  reloaded(): void {
    for (const runner of this.#runners.values()) runner.reloaded();
  }

  drop(unit: Unit): void {
    this.#runners.get(unit)?.dispose();
    this.#runners.delete(unit);
  }
}
