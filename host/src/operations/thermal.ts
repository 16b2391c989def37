/** Sets idle sandboxes aside and wakes those whose timers are due: core/thermal.ts decides, this looks and acts. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { GuestActivity } from '@bhatti/wire/messages.ts';
import { isLive, type Sandbox } from '../core/sandbox.ts';
import { afterLook, type ThermalPolicy, type ThermalStep, type ThermalView, thermalStep } from '../core/thermal.ts';
import type { Context } from './context.ts';
import { guestActivity } from './guest-activity.ts';
import { saveInTurn, setAsideInTurn } from './pause.ts';
import { policyOf } from './policy.ts';
import { resumeInTurn, UNHURRIED, wakeSandbox } from './wake.ts';

/** A guest that could not be asked, and one that had work, are looked at again so much later. */
const AGAIN_MS = 10_000;
/** Node's timers count to 2^31 ms. */
const TIMER_MS_MAX = 3_600_000;

interface Look {
  readonly activity: GuestActivity;
  readonly atMs: number;
  /** What was noted of the sandbox by then. */
  readonly count: number;
}

interface Watched {
  timer?: NodeJS.Timeout;
  look?: Look;
  /** When it had work at a look. */
  busyAtMs?: number;
  warmSinceMs?: number;
  /** By the monotonic clock. */
  dueAtMs?: number;
  /** Looks of one sandbox come one after the other. */
  looking: boolean;
  again: boolean;
}

export class ThermalManager {
  readonly #context: Context;
  readonly #watched = new Map<string, Watched>();
  #ended = false;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Looks after what is up, and what will be. */
  async begin(): Promise<void> {
    this.#context.activity.onChange = (id) => this.#soon(id, 0);
    for (const { id, state } of await this.#context.store.sandboxes.list()) if (isLive(state)) this.#soon(id, 0);
  }

  end(): void {
    this.#ended = true;
    for (const { timer } of this.#watched.values()) clearTimeout(timer);
    this.#watched.clear();
  }

  #soon(id: string, ms: number): void {
    if (this.#ended) return;
    const watched = this.#watched.get(id) ?? { looking: false, again: false };
    this.#watched.set(id, watched);
    clearTimeout(watched.timer);
    watched.again = true;
    watched.timer = setTimeout(() => void this.#look(id, watched), Math.min(ms, TIMER_MS_MAX));
    watched.timer.unref();
  }

  async #look(id: string, watched: Watched): Promise<void> {
    if (watched.looking) return;
    watched.looking = true;
    watched.again = false;
    let nextMs: number | undefined;
    try {
      nextMs = await this.#step(id, watched);
    } catch (error) {
      this.#context.activity.explain(id, error instanceof Error ? error.message : String(error));
      // Who is busy or has just ended is no news; and a lohar that is too old says so each time.
      if (!(error instanceof BhattiError)) this.#context.log.error({ id, err: error }, 'cannot set a sandbox aside');
      delete watched.look;
      nextMs = AGAIN_MS;
    }
    watched.looking = false;
    if (watched.again)
      this.#soon(id, 0); // it changed meanwhile
    else if (nextMs !== undefined) this.#soon(id, nextMs);
  }

  /** @returns when to look again; undefined: when it changes */
  async #step(id: string, watched: Watched): Promise<number | undefined> {
    const sandbox = await this.#context.store.sandboxes.find(id);
    if (sandbox === undefined || !isLive(sandbox.state)) {
      this.#watched.delete(id);
      if (sandbox === undefined) this.#context.activity.forget(id);
      return undefined;
    }
    const policy = policyOf(this.#context, sandbox);
    const step = thermalStep(policy, this.#view(sandbox, watched));
    return step.do === 'look' ? this.#lookAt(sandbox, policy, watched) : this.#act(sandbox, step, watched);
  }

  #view(sandbox: Sandbox, watched: Watched): ThermalView {
    const { activity, clock } = this.#context;
    const { nowMs } = activity;
    const { count, quietMs: unaskedMs, streams } = activity.of(sandbox.id);
    const quietMs = Math.min(unaskedMs, nowMs - (watched.busyAtMs ?? Number.NEGATIVE_INFINITY));
    if (sandbox.state === 'running') {
      delete watched.warmSinceMs;
      delete watched.dueAtMs;
    } else {
      watched.warmSinceMs ??= nowMs;
      if (sandbox.dueMs !== undefined) watched.dueAtMs ??= nowMs + sandbox.dueMs - clock.nowMs();
    }
    const { look, dueAtMs } = watched;
    return {
      ...{ state: sandbox.state, quietMs, streams },
      ...(look?.count === count ? { seen: { agoMs: nowMs - look.atMs } } : {}),
      ...(dueAtMs === undefined ? {} : { dueMs: dueAtMs - nowMs }),
      warmMs: nowMs - (watched.warmSinceMs ?? nowMs),
    };
  }

  /** The first look is kept for the second, which decides. */
  async #lookAt(sandbox: Sandbox, policy: ThermalPolicy, watched: Watched): Promise<number | undefined> {
    const { activity } = this.#context;
    const { count } = activity.of(sandbox.id);
    const before = watched.look;
    const now = await guestActivity(this.#context, sandbox.id);
    watched.look = { activity: now, atMs: activity.nowMs, count };
    if (before?.count !== count) return 0;
    const step = afterLook(policy, before.activity, now);
    if (step.do === 'wait') watched.busyAtMs = activity.nowMs;
    return this.#act(sandbox, step, watched);
  }

  async #act(sandbox: Sandbox, step: ThermalStep, watched: Watched): Promise<number | undefined> {
    const { id } = sandbox;
    switch (step.do) {
      case 'wait':
        this.#context.activity.explain(id, step.why);
        return step.ms;
      case 'look':
        return AGAIN_MS;
      case 'cold':
        await this.#save(id);
        return 0;
      case 'warm':
        await this.#setAside(id, watched.look);
        return 0;
      case 'wake':
        this.#context.log.info({ id }, 'wake a sandbox for its timers');
        await wakeSandbox(this.#context, id, UNHURRIED);
        return 0;
    }
  }

  /** Unless somebody asks for it meanwhile: who came before it stood still has a stream that waits for an answer. */
  async #setAside(id: string, look: Look | undefined): Promise<void> {
    const { activity, log, store, turns } = this.#context;
    const isQuiet = (): boolean => activity.of(id).count === look?.count;
    await turns.take(id, 'paused', UNHURRIED, async () => {
      const sandbox = await store.sandboxes.find(id);
      if (sandbox?.state !== 'running' || !isQuiet()) return;
      const { timerMs } = look?.activity ?? {};
      const paused = await setAsideInTurn(this.#context, sandbox, timerMs);
      log.info({ id }, 'an idle sandbox is warm');
      if (!isQuiet()) await resumeInTurn(this.#context, paused);
    });
  }

  /** Unless it was woken meanwhile. */
  async #save(id: string): Promise<void> {
    const { log, store, turns } = this.#context;
    await turns.take(id, 'saved', UNHURRIED, async () => {
      const sandbox = await store.sandboxes.find(id);
      if (sandbox?.state !== 'warm') return;
      await saveInTurn(this.#context, sandbox);
      log.info({ id }, 'an idle sandbox is cold');
    });
  }
}
