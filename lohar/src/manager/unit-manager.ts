/**
 * The manager's core: units, jobs and services tied together. It turns wishes into jobs, jobs into starts and stops, and
 * state changes into what follows from them. What touches the machine is behind ServiceWorld and ManagerPort.
 */
import type { WaitStatus } from '@bhatti/runtime/sys.ts';
import { describe as describeCondition, testConditions } from '../unit/condition/evaluate.ts';
import { followers, handlers, handlersOf, upkeep, type Wish } from '../unit/graph/consequences.ts';
import { BUS_SOCKET, UnitRegistry } from '../unit/graph/registry.ts';
import type { Unit } from '../unit/graph/unit.ts';
import { Job } from '../unit/job/job.ts';
import { type Attempt, JobQueue, type Queued } from '../unit/job/queue.ts';
import { beginText, endText } from '../unit/job/texts.ts';
import type { ActiveState, BusError, JobMode, JobResult, JobType, UnitResult } from '../unit/model.ts';
import { ROOT_MOUNT } from '../unit/name.ts';
import { INITIAL, type ServiceState } from '../unit/service/state.ts';
import { formatTimeSpan, USEC_PER_MSEC } from '../unit/value/time-span.ts';
import { JobTimers } from './job-timers.ts';
import type { ManagerPort } from './manager-port.ts';
import { OtherUnits } from './other-units.ts';
import { type RunnerPort, ServiceRunner } from './service-runner.ts';
import { StartLimit } from './start-limit.ts';
import { UnitKeeper } from './unit-keeper.ts';
import type { JobRecord, UnitRecord } from './unit-record.ts';

/** Jobs run in one turn of the loop; the rest waits for the next, so that clients are answered in between. */
const JOBS_PER_TURN = 16;
/** Wishes that follow from changes without a user's word, per second; a circle of units must not eat the machine. */
const WISHES_PER_SECOND = 2000;

/** Less CPU time is not worth a line (line 100 of the list). */
const MENTIONED_CPU_USEC = 1_000_000;

const PERPETUAL_SUB: Readonly<Record<string, string>> = { 'init.scope': 'running', [ROOT_MOUNT]: 'mounted' };

export class UnitManager {
  readonly registry: UnitRegistry;
  readonly queue: JobQueue;
  readonly services = new Map<Unit, ServiceRunner>();
  /** Timers, sockets, paths. */
  readonly others: OtherUnits;
  readonly #port: ManagerPort;
  readonly #limits: StartLimit;
  readonly #timers: JobTimers;
  readonly #keeper: UnitKeeper;
  readonly #byPid = new Map<number, Unit>();
  readonly #changes = new Set<(unit: Unit) => void>();
  #awake = false;
  readonly #collectable = new Set<Unit>();
  readonly #wishes: Wish[] = [];
  #wishWindow = { startedMs: 0, count: 0 };
  /** No job is queued any more but those of shutdown. */
  stopping = false;

  constructor(port: ManagerPort) {
    this.#port = port;
    this.#limits = new StartLimit(() => port.now().monotonicUsec);
    this.#keeper = new UnitKeeper(port.kept, port.loop, {
      serviceOf: (unit) => this.services.get(unit)?.state ?? null,
      ownOf: (unit) => this.others.peek(unit)?.keep() ?? null,
      startsOf: (unit) => this.#limits.windowOf(unit),
      nowMs: () => port.now().monotonicUsec / 1000,
    });
    this.others = this.#makeOthers();
    this.registry = new UnitRegistry({
      sources: () => port.sources(),
      loaded: (unit) => this.#loaded(unit),
      dropped: (unit) => this.#dropped(unit),
    });
    this.queue = new JobQueue({
      start: (unit) => this.#start(unit),
      stop: (unit) => this.#stop(unit),
      reloadUnit: (unit) => this.#reload(unit),
      loadAgain: (unit) => this.registry.loadAgain(unit),
      log: (unit, priority, text) => port.log.write(unit, priority, text),
      units: () => this.registry.all(),
      nowMs: () => port.now().monotonicUsec / 1000,
      begun: (job, type) => this.#begun(job, type),
      ended: (job, result, silently) => this.#ended(job, result, silently),
      failed: (unit) => this.#jobFailed(unit),
      wake: () => this.#wake(),
      changed: (job) => {
        this.#keeper.job(job);
        this.#timers.watch(job);
      },
    });
    this.#timers = new JobTimers(port.loop, this.queue, () => port.now().monotonicUsec / 1000);
  }

  #makeOthers(): OtherUnits {
    const { sys, loop, startupUsec, log, world, accounts, conditions, kept, mounts } = this.#port;
    return new OtherUnits({
      ...{ sys, loop, startupUsec, world, accounts, conditions, mounts },
      unitOf: (name) => this.registry.get(name),
      link: (from, kind, to) => this.registry.link(from, kind, to),
      pidsChanged: (unit, before, now) => this.#pidsChanged(unit, before, now),
      ...{ holdOpen: (fd) => kept.holdOpen(fd), letGo: (fd) => kept.letGo(fd) },
      isInherited: (fd) => kept.isInherited(fd),
      ...{ now: () => this.#port.now(), log: (unit, priority, text) => log.unit(unit, priority, text) },
      setState: (unit, sub, active, reloaded = true) => this.setState(unit, sub, active, reloaded),
      loadAgain: (unit) => this.registry.loadAgain(unit),
      trigger: (unit, why) => this.#triggerStart(unit, why),
      keep: (unit) => this.#keeper.unit(unit),
      ...{ newId: () => this.#port.newId(), machineId: () => this.#port.machineId() },
    });
  }

  /** A unit that came due starts another. @returns why it cannot */
  #triggerStart(unit: Unit, why: readonly string[]): BusError | null {
    const queued = this.add(unit, 'start', 'replace');
    if (!queued.ok) return queued.error;
    queued.job.activation = why;
    // A job that failed changed no state, and the one that asked for it must hear of it all the same.
    queued.job.listeners.push(() => this.others.changed(unit));
    return null;
  }

  /** Result= of a unit of any type. */
  resultOf(unit: Unit): UnitResult {
    return this.services.get(unit)?.state.result ?? this.others.peek(unit)?.result ?? 'success';
  }

  /** Queues a job. @returns the job, or systemd's error */
  add(unit: Unit, type: JobType, mode: JobMode): Queued {
    const queued = this.queue.add(unit, type, mode);
    if (queued.ok) for (const job of this.queue.jobs.values()) this.#timers.watch(job);
    return queued;
  }

  /** Begins what can begin now, before anything else is asked for. */
  runJobs(): void {
    if (this.queue.run(JOBS_PER_TURN)) this.#wake();
  }

  /** Tells of every state change until the returned function is called. */
  onChange(listener: (unit: Unit) => void): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }

  cgroupEmpty(unit: Unit): void {
    this.services.get(unit)?.send({ is: 'cgroup-empty' });
    this.others.peek(unit)?.cgroupEmpty?.();
  }

  unitOfPid(pid: number): Unit | null {
    return this.#byPid.get(pid) ?? null;
  }

  /** A child of PID 1 was reaped. */
  childEnded(status: WaitStatus): void {
    const unit = this.#byPid.get(status.pid);
    const runner = unit === undefined ? undefined : this.services.get(unit);
    if (unit !== undefined && runner === undefined) this.others.peek(unit)?.exited?.(status);
    if (runner === undefined) return;
    if ('code' in status) runner.send({ is: 'exited', pid: status.pid, code: 'exited', status: status.code });
    else runner.send({ is: 'exited', pid: status.pid, code: status.core ? 'dumped' : 'killed', status: status.signal });
  }

  runner(unit: Unit): ServiceRunner {
    const known = this.services.get(unit);
    if (known !== undefined) return known;
    const runner = this.#makeRunner(unit, INITIAL);
    this.services.set(unit, runner);
    return runner;
  }

  #makeRunner(unit: Unit, state: ServiceState): ServiceRunner {
    const { world, loop, log } = this.#port;
    const port: RunnerPort = {
      world,
      loop,
      now: () => this.#port.now(),
      log: (about, priority, text) => log.unit(about, priority, text),
      stateChanged: (about, sub, active, reloaded) => this.setState(about, sub, active, reloaded),
      queueRestart: (about) => this.#queueRestart(about),
      propagateReload: (about) => this.#propagateReload(about),
      pidsChanged: (about, before, now) => this.#pidsChanged(about, before, now),
      beginRun: (about) => {
        about.invocationId = this.#port.newId();
      },
      hasBus: () => this.registry.get(BUS_SOCKET).config.load !== 'not-found',
      keep: (about) => this.#keeper.unit(about),
      keepNow: (about) => this.#keeper.unitNow(about),
    };
    return new ServiceRunner(unit, port, state);
  }

  /** Takes in a unit as the image of PID 1 before this one left it. */
  adopt(name: string, record: UnitRecord): Unit {
    const { starts, service, stamps, active, sub, conditionResult, assertResult, unmet, invocationId, lastCpuNsec } =
      record;
    const { own, activation } = record;
    const unit = this.registry.get(name);
    Object.assign(unit.stamps, stamps);
    Object.assign(unit, { active, sub, conditionResult, assertResult, unmet, invocationId, lastCpuNsec });
    this.#limits.restore(unit, starts);
    if (service !== null) this.services.set(unit, this.#makeRunner(unit, service));
    if (own !== null) this.others.adopt(unit, own);
    unit.activation = activation;
    this.#keeper.unit(unit);
    return unit;
  }

  adoptJob(id: number, record: JobRecord): void {
    const { unit: name, type, ...also } = record;
    const job = Object.assign(new Job(id, this.registry.get(name), type), also);
    this.queue.adopt(job);
    this.#timers.watch(job);
  }

  #pidsChanged(unit: Unit, before: readonly number[], now: readonly number[]): void {
    for (const pid of before) if (this.#byPid.get(pid) === unit) this.#byPid.delete(pid);
    for (const pid of now) this.#byPid.set(pid, unit);
  }

  #queueRestart(unit: Unit): boolean {
    const queued = this.add(unit, 'start', 'restart-dependencies');
    if (!queued.ok) this.#port.log.unit(unit, 4, `Failed to schedule restart job: ${queued.error.message}`);
    return queued.ok;
  }

  #propagateReload(unit: Unit): void {
    for (const other of unit.related(['PropagatesReloadTo']))
      if (other.isUp) this.#wish({ unit: other, type: 'try-reload', mode: 'fail' });
  }

  // --- jobs -----------------------------------------------------------------------------------------------------

  #wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    this.#port.loop.defer(() => this.#turn());
  }

  #turn(): void {
    this.#awake = false;
    for (const wish of this.#wishes.splice(0)) this.#fulfil(wish);
    const more = this.queue.run(JOBS_PER_TURN);
    for (const unit of [...this.#collectable]) {
      this.#collectable.delete(unit);
      const made = [...unit.related(['References'])].filter((other) => other.transient && other.isDown);
      if (this.registry.collect(unit, (other) => this.#isBusy(other)))
        for (const other of made) this.#mayCollect(other);
    }
    if (more || this.#wishes.length > 0) this.#wake();
  }

  #wish(wish: Wish): void {
    this.#wishes.push(wish);
    this.#wake();
  }

  #fulfil(wish: Wish): void {
    const now = this.#port.now().monotonicUsec / 1000;
    if (now - this.#wishWindow.startedMs > 1000) this.#wishWindow = { startedMs: now, count: 0 };
    if (++this.#wishWindow.count > WISHES_PER_SECOND) return;
    if (this.stopping && wish.type !== 'stop') return;
    const queued = this.add(wish.unit, wish.type, wish.mode);
    if (!queued.ok && queued.error.name !== 'JobTypeNotApplicable')
      this.#port.log.unit(wish.unit, 4, `Failed to enqueue ${wish.type} job, ignoring: ${queued.error.message}`);
  }

  #start(unit: Unit): Attempt {
    if (unit.isUp) return 'already';
    if (unit.config.load !== 'loaded') return 'failed';
    if (unit.active !== 'activating') {
      const refused = this.#conditionsRefuse(unit);
      if (refused !== null) return refused;
    }
    for (const other of unit.related(['BindsTo']))
      if (unit.has('After', other) && !other.isUp) {
        this.#port.log.unit(unit, 5, `Bound to unit ${other.id}, but unit isn't active.`);
        return 'dependency';
      }
    return unit.config.type === 'service' ? this.#startService(unit) : this.#startPlain(unit);
  }

  #conditionsRefuse(unit: Unit): 'condition' | 'assert' | null {
    const { Conditions, Asserts } = unit.config.settings;
    const conditions = testConditions(Conditions, this.#port.conditions);
    unit.conditionResult = conditions.holds;
    unit.stamps.condition = this.#port.now();
    unit.unmet = conditions.unmet;
    for (const key of conditions.unknown)
      this.#port.log.unit(unit, 5, `${key}= cannot be tested here and counts as met.`);
    if (!conditions.holds) return 'condition';
    const asserts = testConditions(Asserts, this.#port.conditions);
    unit.assertResult = asserts.holds;
    unit.stamps.assert = this.#port.now();
    if (asserts.holds) return null;
    unit.unmet = Asserts.map(describeCondition).filter((one) => asserts.unmet.includes(one));
    this.#port.log.unit(unit, 5, 'Starting requested but asserts failed.');
    return 'assert';
  }

  #startService(unit: Unit): Attempt {
    const runner = this.runner(unit);
    const { sub } = runner.state;
    if (/^(stop|final)/.test(sub) || /^(auto-restart|(dead|failed)-before-auto-restart)$/.test(sub)) return 'not-yet';
    if (['condition', 'start-pre', 'start', 'start-post'].includes(sub)) return 'on-it';
    if (!this.#limits.allows(unit)) return this.#startedTooOften(unit, () => runner.send({ is: 'start-limit' }));
    // It is up as soon as its program runs, which is at once; said is that it starts all the same.
    if (unit.config.settings.Type === 'exec' && unit.job !== null) this.#begun(unit.job, unit.job.type);
    if (unit.job !== null) unit.activation = unit.job.activation;
    runner.send({ is: 'start' });
    return 'begun';
  }

  #startedTooOften(unit: Unit, refuse: () => void): Attempt {
    refuse();
    this.#port.act(unit.config.settings.StartLimitAction, unit, `unit ${unit.id} start limit hit`);
    return 'failed';
  }

  #startPlain(unit: Unit): Attempt {
    const runner = this.others.of(unit);
    if (runner?.refuse && unit.isDown && !this.#limits.allows(unit))
      return this.#startedTooOften(unit, () => this.others.refuse(unit));
    if (runner !== null) return runner.start();
    if (unit.config.type === 'slice') this.#port.world.makeSlice(unit);
    else if (unit.config.type !== 'target') {
      this.#port.log.unit(unit, 4, `Units of type ${unit.config.type} cannot be started yet.`);
      return 'unsupported';
    }
    unit.invocationId = this.#port.newId();
    this.setState(unit, 'active', 'active', true);
    return 'begun';
  }

  #stop(unit: Unit): Attempt {
    if (unit.isDown) return 'already';
    if (unit.frozen) this.#port.world.thaw(unit);
    const runner = this.services.get(unit);
    if (unit.config.type === 'service' && runner !== undefined) {
      const busy = /^(stop|stop-sigterm|stop-sigkill|stop-post|final-.*)$/.test(runner.state.sub);
      const quiet = /^(running|exited)$/.test(runner.state.sub);
      runner.send({ is: 'stop' });
      return busy || !quiet ? 'on-it' : 'begun';
    }
    if (unit.perpetual) return 'skipped';
    const other = this.others.of(unit);
    if (other !== null) return other.stop();
    this.setState(unit, 'dead', 'inactive', true);
    return 'begun';
  }

  #reload(unit: Unit): Attempt {
    if (unit.config.load !== 'loaded') return 'failed';
    if (!unit.canReload) return 'skipped';
    if (unit.active === 'reloading') return 'not-yet';
    if (unit.active !== 'active') {
      this.#port.log.unit(unit, 4, 'Unit cannot be reloaded because it is inactive.');
      return 'invalid';
    }
    const { settings, type } = unit.config;
    const own = type === 'service' && (settings.ExecReload.length > 0 || settings.Type === 'notify-reload');
    if (own) this.runner(unit).send({ is: 'reload' });
    else {
      const begun = this.others.of(unit)?.reload?.();
      if (begun !== undefined) return begun;
      this.setState(unit, unit.sub, unit.active, true);
    }
    return 'begun';
  }

  #begun(job: Job, type: JobType): void {
    if (job.announced && type === job.type) return;
    job.announced = type === job.type;
    const text = beginText(job.unit, type);
    if (text !== null) this.#port.log.write(job.unit, text.priority, text.text, { ...jobFields(job), JOB_TYPE: type });
  }

  #ended(job: Job, result: JobResult, silently: boolean): void {
    this.#timers.forget(job);
    this.#keeper.jobGone(job);
    const text = silently ? null : endText(job.unit, job.type, result);
    if (text !== null)
      this.#port.log.write(job.unit, text.priority, text.text, { ...jobFields(job), JOB_RESULT: result });
    if (result === 'timeout') {
      const { JobTimeoutAction } = job.unit.config.settings;
      this.#port.act(JobTimeoutAction, job.unit, `job ${job.unit.id}/${job.type} timed out`);
    }
    if (job.unit.isDown) this.#mayCollect(job.unit);
  }

  #jobFailed(unit: Unit): void {
    const found = handlersOf(unit, 'OnFailure', unit.config.settings.OnFailureJobMode);
    if (found !== null) this.#trigger(unit, found);
  }

  // --- states ---------------------------------------------------------------------------------------------------

  /** The unit is now in this state: timestamps, jobs and relations follow. */
  setState(unit: Unit, sub: string, active: ActiveState, reloaded: boolean): void {
    const from = unit.active;
    unit.sub = sub;
    unit.active = active;
    this.#stamp(unit, from, active);
    const usedUsec = unit.isDown || sub === 'exited' ? this.#port.world.prune(unit) : 0;
    if (usedUsec > 0) unit.lastCpuNsec = usedUsec * 1000;
    const unexpected = this.queue.stateChanged(unit, reloaded);
    if (unexpected) for (const wish of followers(unit, from, active)) this.#wish(wish);
    const triggered = from === active ? null : handlers(unit, from, active);
    if (triggered !== null) this.#trigger(unit, triggered);
    if (unit.isDown && usedUsec > MENTIONED_CPU_USEC)
      this.#port.log.unit(unit, 6, `Consumed ${formatTimeSpan(usedUsec, USEC_PER_MSEC)} CPU time.`);
    this.#actions(unit, from, active);
    this.others.changed(unit);
    for (const wish of upkeep(unit, (other) => this.willRestart(other))) this.#wish(wish);
    if (unit.isDown) this.#atRest(unit);
    this.#keeper.unit(unit);
    for (const listener of this.#changes) listener(unit);
  }

  #atRest(unit: Unit): void {
    for (const fd of unit.streams.splice(0)) this.#port.sys.close(fd);
    this.#mayCollect(unit);
  }

  #stamp(unit: Unit, from: ActiveState, to: ActiveState): void {
    const now = this.#port.now();
    const { stamps } = unit;
    const isDown = (state: ActiveState): boolean => state === 'inactive' || state === 'failed';
    const isUp = (state: ActiveState): boolean => state === 'active' || state === 'reloading' || state === 'refreshing';
    stamps.stateChange = now;
    if (isDown(from) && !isDown(to)) stamps.inactiveExit = now;
    if (!isDown(from) && isDown(to)) stamps.inactiveEnter = now;
    if (!isUp(from) && isUp(to)) stamps.activeEnter = now;
    if (isUp(from) && !isUp(to)) stamps.activeExit = now;
  }

  #trigger(unit: Unit, found: { readonly name: string; readonly wishes: readonly Wish[] }): void {
    this.#port.log.unit(unit, 6, `Triggering ${found.name} dependencies.`);
    for (const wish of found.wishes) this.#wish(wish);
  }

  #actions(unit: Unit, from: ActiveState, to: ActiveState): void {
    const { FailureAction, SuccessAction } = unit.config.settings;
    if (to === 'failed' && from !== 'failed') this.#port.act(FailureAction, unit, `unit ${unit.id} failed`);
    const ended = to === 'inactive' && from !== 'inactive' && from !== 'failed';
    if (ended) this.#port.act(SuccessAction, unit, `unit ${unit.id} succeeded`);
  }

  willRestart(unit: Unit): boolean {
    if (unit.job !== null && (unit.job.type === 'start' || unit.job.type === 'restart')) return true;
    return unit.sub.includes('auto-restart');
  }

  /** reset-failed: the failure, the restart counter and the start limit are forgotten. */
  resetFailed(unit: Unit): void {
    this.#limits.reset(unit);
    unit.startLimitHit = false;
    this.services.get(unit)?.send({ is: 'reset-failed' });
    this.others.peek(unit)?.resetFailed();
    if (unit.active === 'failed') this.setState(unit, 'dead', 'inactive', true);
    this.#mayCollect(unit);
  }

  /** daemon-reload: every unit is read anew; what they do goes on. */
  reload(): void {
    this.registry.reload();
    for (const runner of this.services.values()) runner.forgetCommands();
    this.others.reloaded();
  }

  // --- memory ---------------------------------------------------------------------------------------------------

  #loaded(unit: Unit): void {
    for (const line of unit.config.lines) this.#port.log.write(unit, line.priority, line.text);
    if (unit.perpetual && unit.active !== 'active' && unit.config.load === 'loaded')
      this.setState(unit, PERPETUAL_SUB[unit.id] ?? 'active', 'active', true);
    if (unit.isDown) this.#mayCollect(unit);
  }

  #dropped(unit: Unit): void {
    this.services.get(unit)?.dispose();
    this.services.delete(unit);
    this.others.drop(unit);
    this.#limits.reset(unit);
    if (unit.transient) this.#port.world.removeFile(unit);
    this.#keeper.dropped(unit);
  }

  #mayCollect(unit: Unit): void {
    this.#collectable.add(unit);
    this.#wake();
  }

  /** Waiting clients and processes keep a unit in memory. */
  #isBusy(unit: Unit): boolean {
    const runner = this.services.get(unit);
    if (runner === undefined) return false;
    // What a stop left running belongs to it still.
    return runner.state.mainPid !== 0 || runner.state.controlPid !== 0 || this.#port.world.populated(unit) === true;
  }
}

function jobFields(job: Job): Record<string, string> {
  return { JOB_ID: String(job.id), JOB_TYPE: job.type };
}
