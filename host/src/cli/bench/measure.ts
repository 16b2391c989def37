/** Measures a daemon as its clients see it: by the API, with sandboxes of its own that are gone afterwards. */
import { setTimeout as pause } from 'node:timers/promises';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { type Api, sandboxPath } from '../client/api.ts';
import type { SandboxDetailReply } from '../client/replies.ts';
import type { Operation } from './rows.ts';

const PARALLEL = 20;
/** A refill takes one to two seconds under emulation. */
const CLONE_WAIT_MS = 20_000;
const POLL_MS = 20;

export interface Plan {
  readonly image: string;
  /** Of everything but cold boots, of which there is a third. */
  readonly rounds: number;
}

export interface Measured {
  readonly samples: Readonly<Record<Operation, readonly number[]>>;
  readonly accelerator: string;
  readonly cpus: number;
  readonly memoryMib: number;
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const from = performance.now();
  const result = await work();
  return { ms: performance.now() - from, result };
}

class Run {
  readonly samples: Record<Operation, number[]> = {
    cold: [],
    template: [],
    pool: [],
    fork: [],
    exec: [],
    parallel: [],
    wake: [],
    stop: [],
    coldWake: [],
    snapshot: [],
    destroy: [],
  };
  readonly #api: Api;
  readonly #plan: Plan;
  readonly #signal: AbortSignal;
  readonly #alive = new Set<string>();
  #made = 0;
  /** False once a clone was waited for in vain: there is no pool. */
  #pooled = true;

  constructor(api: Api, plan: Plan, signal: AbortSignal) {
    this.#api = api;
    this.#plan = plan;
    this.#signal = signal;
  }

  /** Until the first command in it is answered. */
  async create(cold: boolean): Promise<SandboxDetailReply> {
    this.#made += 1;
    const name = `bench-${process.pid}-${this.#made}`;
    this.#alive.add(name);
    const { ms, result } = await timed(async () => {
      const body = { name, image: this.#plan.image, cold };
      const made = await this.#call<SandboxDetailReply>('POST', '/v1/sandboxes', body);
      await this.exec(name);
      return made;
    });
    const from = result.report?.from;
    if (from !== undefined && from !== 'fork') this.samples[from].push(ms);
    return result;
  }

  async exec(name: string): Promise<void> {
    const reply = await this.#call<{ exit: { code?: number } }>('POST', sandboxPath(name, '/exec'), { argv: ['true'] });
    if (reply.exit.code !== 0) {
      throw new BhattiError('internal', `cannot measure: true ended with ${JSON.stringify(reply.exit)}`, {
        remedy: `bhatti logs ${name}`,
      });
    }
  }

  async destroy(name: string): Promise<void> {
    const { ms } = await timed(() => this.#call('DELETE', sandboxPath(name)));
    this.#alive.delete(name);
    this.samples.destroy.push(ms);
  }

  /** A clone waits, or there is no pool. */
  async #cloneWaits(shape: SandboxDetailReply): Promise<void> {
    type Clone = Pick<SandboxDetailReply, 'image' | 'cpus' | 'memoryMib'>;
    const fits = (clone: Clone): boolean =>
      clone.image === shape.image && clone.cpus === shape.cpus && clone.memoryMib === shape.memoryMib;
    for (const until = performance.now() + CLONE_WAIT_MS; this.#pooled; ) {
      if ((await this.#call<{ clones: Clone[] }>('GET', '/v1/pool')).clones.some(fits)) return;
      if (performance.now() > until) this.#pooled = false;
      await pause(POLL_MS);
    }
  }

  /** Two in a row: the second comes before the pool has another clone, so it is forked from the template. */
  async twoCreates(shape: SandboxDetailReply): Promise<void> {
    await this.#cloneWaits(shape);
    const pair = [await this.create(false), await this.create(false)];
    for (const { name } of pair) await this.destroy(name);
  }

  async inOne(name: string, step: (round: number) => void): Promise<void> {
    for (let round = 0; round < this.#plan.rounds; round += 1) {
      step(round);
      this.samples.exec.push((await timed(() => this.exec(name))).ms);
      const all = () => Promise.all(Array.from({ length: PARALLEL }, () => this.exec(name)));
      this.samples.parallel.push((await timed(all)).ms);
      await this.#call('POST', sandboxPath(name, '/pause'));
      this.samples.wake.push((await timed(() => this.exec(name))).ms);
      this.samples.stop.push((await timed(() => this.#call('POST', sandboxPath(name, '/stop'), {}))).ms);
      this.samples.coldWake.push((await timed(() => this.exec(name))).ms);
      await this.#branch(name, round);
    }
  }

  async #branch(name: string, round: number): Promise<void> {
    const kept = await timed(() => this.#call<{ id: string }>('POST', sandboxPath(name, '/snapshots'), {}));
    this.samples.snapshot.push(kept.ms);
    await this.#call('DELETE', `/v1/snapshots/${kept.result.id}`);
    const fork = `${name}-${round}`;
    this.#alive.add(fork);
    const made = await timed(async () => {
      await this.#call('POST', sandboxPath(name, '/fork'), { name: fork });
      await this.exec(fork);
    });
    this.samples.fork.push(made.ms);
    await this.destroy(fork);
  }

  /** Whatever happened, nothing stays. */
  async cleanUp(): Promise<void> {
    for (const name of this.#alive) {
      await this.#api.json('DELETE', sandboxPath(name)).catch((error: unknown) => {
        if (!(error instanceof BhattiError && error.code === 'sandbox.not-found')) throw error;
      });
    }
  }

  #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.#api.json<T>(method, path, { body, signal: this.#signal });
  }
}

/**
 * @param tell what is being measured, and how much of all is done
 * @throws BhattiError of the operation that failed; what was made is destroyed then, too
 */
export async function measure(
  api: Api,
  plan: Plan,
  tell: (label: string, fraction: number) => void,
  signal: AbortSignal,
): Promise<Measured> {
  const run = new Run(api, plan, signal);
  const colds = Math.max(1, Math.round(plan.rounds / 3));
  try {
    tell('making the template', 0);
    // The first of a shape boots the template, too: no sample of anything.
    const first = await run.create(false);
    for (const all of Object.values(run.samples)) all.length = 0;
    await run.inOne(first.name, (round) =>
      tell(`exec and wake ${round + 1} of ${plan.rounds}`, (0.2 * round) / plan.rounds),
    );
    await run.destroy(first.name);
    for (let round = 0; round < plan.rounds; round += 1) {
      tell(`create ${round + 1} of ${plan.rounds}`, 0.2 + (0.4 * round) / plan.rounds);
      await run.twoCreates(first);
    }
    for (let round = 0; round < colds; round += 1) {
      tell(`cold boot ${round + 1} of ${colds}`, 0.6 + (0.4 * round) / colds);
      await run.destroy((await run.create(true)).name);
    }
    const accelerator = first.report?.accelerator ?? 'unknown';
    return { samples: run.samples, accelerator, cpus: first.cpus, memoryMib: first.memoryMib };
  } finally {
    await run.cleanUp();
  }
}
