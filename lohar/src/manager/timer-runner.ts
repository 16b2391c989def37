/**
 * A timer unit.
 *
 *   dead -> waiting -> running (its unit is at work) -> waiting | elapsed | dead
 *
 * Its next moment is one timer of the loop; while nothing is due, nothing wakes.
 */
import { SysError, type Timer } from '@bhatti/runtime/sys.ts';
import { readZone } from '../read-zone.ts';
import { nextElapse } from '../unit/calendar/next-elapse.ts';
import { formatMoment, type ZoneRules } from '../unit/calendar/zone-rules.ts';
import { NEVER, type Stamp, type Unit } from '../unit/graph/unit.ts';
import type { Attempt } from '../unit/job/queue.ts';
import type { ActiveState, UnitResult } from '../unit/model.ts';
import type { TimerFacts } from '../unit/show/own-facts.ts';
import { type Schedule, type ScheduleFacts, type SpecState, schedule } from '../unit/timer/schedule.ts';
import type { TimerSettings, TimerSpec } from '../unit/timer/timer-settings.ts';
import type { UnitRunner, UnitRunnerPort } from './unit-runner.ts';

type Sub = 'dead' | 'waiting' | 'running' | 'elapsed' | 'failed';
const ACTIVE: Readonly<Record<Sub, ActiveState>> = {
  dead: 'inactive',
  waiting: 'active',
  running: 'active',
  elapsed: 'active',
  failed: 'failed',
};

interface Kept {
  readonly result: UnitResult;
  readonly last: Stamp;
  readonly specs: readonly SpecState[];
  readonly realtimeUsec: number | null;
  readonly monotonicUsec: number | null;
  /** How long the machine stood still since this timer is active, and since it last came due. */
  readonly slept: ScheduleFacts['slept'];
}

const AWAKE = { activeUsec: 0, triggeredUsec: 0 };

const STAMPS = '/var/lib/systemd/timers';
/** Beyond this no clock is set: a timer for the day the clock is. */
const FAR_MS = 253_402_214_399_000;

class TimerRunner implements UnitRunner {
  readonly #unit: Unit;
  readonly #port: UnitRunnerPort;
  readonly #timers: Timer[] = [];
  readonly #stopListening: () => void;
  #state: Kept = { result: 'success', last: NEVER, specs: [], realtimeUsec: null, monotonicUsec: null, slept: AWAKE };

  constructor(unit: Unit, port: UnitRunnerPort, kept: Kept | null) {
    this.#unit = unit;
    this.#port = port;
    if (kept !== null) this.#state = kept;
    this.#stopListening = port.loop.onClockSet(() => this.#clockSet());
  }

  get result(): UnitResult {
    return this.#state.result;
  }

  get facts(): TimerFacts {
    const { last, realtimeUsec, monotonicUsec, specs } = this.#state;
    const next = { realtimeUsec: realtimeUsec ?? 0, monotonicUsec: monotonicUsec ?? 0 };
    return { type: 'timer', next, last, specs: specs.map(({ nextUsec }) => nextUsec) };
  }

  get #settings(): TimerSettings | null {
    return this.#unit.config.settings.Timer;
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
      const name = trigger?.id ?? '';
      this.#port.log(this.#unit, 3, `Refusing to start, unit ${name} to trigger not loaded.`);
      return 'failed';
    }
    this.#unit.invocationId = this.#port.newId();
    this.#set({
      result: 'success',
      last: this.#settings?.Persistent === true ? this.#readStamp() : NEVER,
      slept: AWAKE,
    });
    const specs = this.#settings?.specs ?? [];
    this.#set({
      specs: this.#state.specs.map((state, i) =>
        specs[i]?.base === 'OnActiveSec' ? { nextUsec: null, over: false } : state,
      ),
    });
    this.#wait(false);
    return 'begun';
  }

  refuse(result: UnitResult): void {
    this.#end(result);
  }

  stop(): Attempt {
    this.#end('success');
    return 'begun';
  }

  triggered(other: Unit): void {
    if (this.#sub === 'dead' || this.#sub === 'failed' || other.config.load !== 'loaded') return;
    const specs = this.#settings?.specs ?? [];
    this.#set({
      specs: this.#state.specs.map((state, i) =>
        specs[i]?.base.startsWith('OnUnit') === true ? { ...state, over: false } : state,
      ),
    });
    if (this.#sub !== 'running' || other.isDown) this.#wait(false);
  }

  reloaded(): void {
    if (this.#sub === 'waiting') this.#wait(false);
  }

  /** What became due while the machine stood still is due now; moments of wall time follow the clock by themselves. */
  slept(usec: number): void {
    const { monotonicUsec, slept } = this.#state;
    this.#set({ slept: { activeUsec: slept.activeUsec + usec, triggeredUsec: slept.triggeredUsec + usec } });
    if (this.#sub !== 'waiting' || monotonicUsec === null) return;
    this.#set({ monotonicUsec: monotonicUsec - usec });
    this.#arm();
  }

  resetFailed(): void {
    this.#set({ result: 'success' });
  }

  keep(): Kept {
    return this.#state;
  }

  resume(): void {
    if (this.#sub === 'waiting') this.#arm();
    else if (this.#sub === 'running' && this.#trigger?.isDown === true && this.#trigger.job === null) this.#wait(false);
  }

  dispose(): void {
    this.#disarm();
    this.#stopListening();
  }

  #clockSet(): void {
    if (this.#sub !== 'waiting') return;
    const now = this.#port.now().realtimeUsec;
    const { last } = this.#state;
    // It seems to have come due in the future: the clock was set back.
    if (last.realtimeUsec > now) this.#set({ last: { ...last, realtimeUsec: now } });
    if (this.#settings?.OnClockChange === true) this.#run();
    else this.#wait(true);
  }

  #set(changes: Partial<Kept>): void {
    this.#state = { ...this.#state, ...changes };
    this.#port.keep(this.#unit);
  }

  #enter(sub: Sub): void {
    if (sub !== 'waiting') this.#disarm();
    this.#port.setState(this.#unit, sub, ACTIVE[sub]);
  }

  #wait(clockSet: boolean): void {
    const settings = this.#settings;
    if (settings === null) return;
    const found = this.#schedule(settings, clockSet);
    const moments = {
      realtimeUsec: this.#delayed(found.realtimeUsec, settings),
      monotonicUsec: this.#delayed(found.monotonicUsec, settings),
    };
    this.#set({ specs: found.specs, ...moments });
    if (moments.realtimeUsec === null && moments.monotonicUsec === null && !settings.OnClockChange) {
      if (settings.RemainAfterElapse || found.staysAround) this.#enter('elapsed');
      else this.#end('success');
      return;
    }
    this.#arm();
    this.#enter('waiting');
  }

  #schedule(settings: TimerSettings, clockSet: boolean): Schedule {
    const trigger = this.#trigger;
    const zones = new Map<string, ZoneRules>();
    const rulesOf = (name: string): ZoneRules => {
      const rules = zones.get(name) ?? readZone(this.#port.sys, name);
      zones.set(name, rules);
      return rules;
    };
    return schedule(settings.specs, this.#state.specs, {
      now: this.#port.now(),
      activated: this.#unit.isUp ? this.#unit.stamps.inactiveExit : NEVER,
      isActive: this.#unit.isUp,
      unitActivated: trigger?.stamps.inactiveExit ?? NEVER,
      unitEnded: trigger?.stamps.inactiveEnter ?? NEVER,
      lastTrigger: this.#state.last,
      startupUsec: this.#port.startupUsec,
      slept: this.#state.slept,
      clockSet,
      next: ({ calendar }: Extract<TimerSpec, { base: 'OnCalendar' }>, after) =>
        nextElapse(calendar, after, rulesOf(calendar.zone)),
    });
  }

  #delayed(usec: number | null, { RandomizedDelaySec, FixedRandomDelay }: TimerSettings): number | null {
    if (usec === null || RandomizedDelaySec === 0) return usec;
    return usec + Math.floor((FixedRandomDelay ? this.#fixedShare() : this.#randomShare()) * RandomizedDelaySec);
  }

  #randomShare(): number {
    return new DataView(this.#port.sys.random(4).buffer).getUint32(0) / 2 ** 32;
  }

  /** The same for this unit on this machine, whenever it is asked. */
  #fixedShare(): number {
    let hash = 2166136261;
    for (const character of `${this.#port.machineId()} ${this.#unit.id}`)
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619) >>> 0;
    return hash / 2 ** 32;
  }

  #disarm(): void {
    for (const timer of this.#timers.splice(0)) timer.cancel();
  }

  #arm(): void {
    this.#disarm();
    const { loop } = this.#port;
    const { realtimeUsec, monotonicUsec } = this.#state;
    const due = (): void => {
      if (this.#sub === 'waiting') this.#run();
    };
    const now = this.#port.now().monotonicUsec;
    if (monotonicUsec !== null) this.#timers.push(loop.after(Math.max(0, monotonicUsec - now) / 1000, due));
    if (realtimeUsec !== null) this.#timers.push(loop.at(realtimeUsec / 1000, due));
    else if (this.#settings?.OnClockChange === true) this.#timers.push(loop.at(FAR_MS, due));
  }

  #run(): void {
    const trigger = this.#trigger;
    if (trigger === undefined) {
      this.#port.log(this.#unit, 3, 'Unit to trigger vanished.');
      this.#end('resources');
      return;
    }
    if (this.#unit.job?.type === 'stop') return;
    const last = this.#port.now();
    const error = this.#port.trigger(trigger, [
      `TRIGGER_UNIT=${this.#unit.id}`,
      `TRIGGER_TIMER_REALTIME_USEC=${last.realtimeUsec}`,
      `TRIGGER_TIMER_MONOTONIC_USEC=${last.monotonicUsec}`,
    ]);
    if (error !== null) {
      this.#port.log(this.#unit, 4, `Failed to queue unit startup job: ${error.message}`);
      this.#end('resources');
      return;
    }
    const slept = { ...this.#state.slept, triggeredUsec: 0 };
    this.#set({ last, slept, realtimeUsec: null, monotonicUsec: null });
    if (this.#settings?.Persistent === true) this.#touchStamp(last.realtimeUsec / 1000);
    this.#enter('running');
  }

  #end(result: UnitResult): void {
    const before = this.#state.result;
    this.#set({ result: before === 'success' ? result : before, realtimeUsec: null, monotonicUsec: null });
    const failed = this.#state.result !== 'success';
    if (failed) this.#port.log(this.#unit, 4, `Failed with result '${this.#state.result}'.`);
    else this.#port.log(this.#unit, 6, 'Deactivated successfully.');
    this.#enter(failed ? 'failed' : 'dead');
  }

  // --- the stamp of Persistent= ---------------------------------------------------------------------------------

  get #stampPath(): string {
    return `${STAMPS}/stamp-${this.#unit.id}`;
  }

  #readStamp(): Stamp {
    const now = this.#port.now().realtimeUsec;
    try {
      const usec = this.#port.sys.stat(this.#stampPath).mtimeMs * 1000;
      if (usec < now) return { realtimeUsec: Math.floor(usec), monotonicUsec: 0 };
      const when = formatMoment(usec / 1_000_000, readZone(this.#port.sys, ''));
      this.#port.log(this.#unit, 4, `Not using persistent file timestamp ${when} as it is in the future.`);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      if (error.code === 'ENOENT') this.#touchStamp(now / 1000);
    }
    return NEVER;
  }

  #touchStamp(ms: number): void {
    const { sys } = this.#port;
    try {
      for (const folder of ['/var/lib', '/var/lib/systemd', STAMPS])
        if (!sys.access(folder, 0)) sys.mkdir(folder, 0o755);
      sys.writeFile(this.#stampPath, '', { mode: 0o644 });
      sys.utimes(this.#stampPath, ms, ms);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#port.log(this.#unit, 4, `Failed to touch ${this.#stampPath}: ${error.message}`);
    }
  }
}

/** @param kept of the image of PID 1 before this one */
export function makeTimer(unit: Unit, port: UnitRunnerPort, kept: unknown): UnitRunner {
  return new TimerRunner(unit, port, kept as Kept | null);
}
