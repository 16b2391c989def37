/** Units with runners of their own that are not services, by type: each runner is read when its first unit is touched. */
import type { Unit } from '../unit/graph/unit.ts';
import type { UnitType } from '../unit/model.ts';
import { makeDevice } from './device-runner.ts';
import { makeAutomount } from './mount/automount-runner.ts';
import { makeMount } from './mount/mount-runner.ts';
import { nextTimerMs } from './next-timer.ts';
import { makePath } from './path/path-runner.ts';
import { makeScope } from './scope-runner.ts';
import { makeSocket } from './socket/socket-runner.ts';
import { makeTimer } from './timer-runner.ts';
import type { Passed, UnitRunner, UnitRunnerPort } from './unit-runner.ts';

type Make = (unit: Unit, port: UnitRunnerPort, kept: unknown) => UnitRunner | null;

const MAKERS: Readonly<Partial<Record<UnitType, Make>>> = {
  automount: (unit, port, kept) => makeAutomount(unit, port, kept),
  device: (unit, port) => makeDevice(unit, port),
  mount: (unit, port, kept) => makeMount(unit, port, kept),
  path: (unit, port, kept) => makePath(unit, port, kept),
  scope: (unit, port, kept) => makeScope(unit, port, kept),
  socket: (unit, port, kept) => makeSocket(unit, port, kept),
  swap: (unit, port, kept) => makeMount(unit, port, kept),
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

  /** A start that comes too soon after others. */
  refuse(unit: Unit): void {
    this.#port.log(unit, 4, 'Start request repeated too quickly.');
    this.of(unit)?.refuse?.('start-limit-hit');
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

  /** What a service gets from the sockets that start it; a connection comes alone. */
  passedTo(service: Unit): Passed {
    const all = [...(service.edges.get('TriggeredBy') ?? [])].flatMap(
      (unit) => this.#runners.get(unit)?.passedTo?.(service) ?? [],
    );
    const alone = all.find(({ environment }) => environment.length > 0);
    return alone ?? { fds: all.flatMap(({ fds }) => fds), environment: [] };
  }

  reloaded(): void {
    for (const runner of this.#runners.values()) runner.reloaded();
  }

  /** Timers count the time in which the machine stood still. */
  slept(usec: number): void {
    for (const runner of this.#runners.values()) runner.slept?.(usec);
  }

  /** From now to the next moment of a timer unit. */
  timerMs(): number | undefined {
    return nextTimerMs(this.#runners, this.#port.now());
  }

  drop(unit: Unit): void {
    this.#runners.get(unit)?.dispose();
    this.#runners.delete(unit);
  }
}
