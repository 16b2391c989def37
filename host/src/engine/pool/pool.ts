/**
 * Clones of templates that wait for work, one folder each (docs/pool.md).
 *
 *   create --asked--> lacking --prepared in the background, one at a time--> ready --take--> a sandbox, in another folder
 *                                                                             |
 *                              template gone, nobody asks, prune, close: ended and removed
 *
 * A daemon that dies leaves them stopped; the next one ends them and begins with none. Whatever fails here costs nobody
 * a sandbox: create forks the template then.
 */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { mebibytes } from '@bhatti/wire/units.ts';
import { type PreparedClone, UNWATCHED, type VmSpec } from '../../ports/engine.ts';
import { Keeper } from '../keeper/control.ts';
import type { MachineNetwork, NoNetwork } from '../network/network.ts';
import type { EngineSettings } from '../settings.ts';
import { type TemplateFacts, templateKey } from '../template/template-key.ts';
import type { Template } from '../template/template-store.ts';
import { freshIdentity, makeDisk } from '../vm/bring-up.ts';
import { makeFolder, pinKernel, removeFolder, type VmRecord, writeRecord } from '../vm/folder.ts';
import { Timings } from '../vm/timings.ts';
import { type Clone, prepareClone, WAITING_HOSTNAME } from './clone.ts';
import { nextToMake, type PoolLimits, type ShapeDemand, surplus } from './demand.ts';

/** What the pool asks of the engine. */
export interface PoolHost {
  template(key: string): Template | undefined;
  network(): Promise<MachineNetwork | NoNetwork>;
  /** The key that a sandbox like this has now: image, kernel or QEMU may be others than a minute ago. */
  key(spec: VmSpec): Promise<string>;
  /** A uid that no machine and no clone has; null when they run as the daemon. */
  takeUid(): number | null;
}

/** A shape that somebody asked for. */
interface Shape {
  readonly facts: TemplateFacts;
  readonly spec: VmSpec;
  createsMs: number[];
  readonly ready: Clone[];
  cloneMib: number;
  failures: number;
  /** Ends the clone that is being made of it. */
  readonly abort: AbortController;
}

/** Whoever asked for a sandbox has work for it now: the next clone can wait that long. */
const REST_MS = 500;
/** How often clones that nobody wants any more are looked for. */
const LOOK_MS = 60_000;
const CREATES_KEPT = 64;
/** Until one was measured. */
const CLONE_MIB_GUESS = 128;
const FAILURES_MAX = 3;
const MIB = 1024 * 1024;

export class Pool {
  readonly #settings: EngineSettings;
  readonly #limits: PoolLimits;
  readonly #host: PoolHost;
  readonly #folder: string;
  readonly #shapes = new Map<string, Shape>();
  /** The clone that is being made, and its record once it has one. */
  #making: { readonly shape: Shape; readonly done: Promise<void>; record?: VmRecord } | null = null;
  #work: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: EngineSettings, host: PoolHost) {
    this.#settings = settings;
    this.#limits = settings.pool ?? { clones: 0, memoryMib: 0 };
    this.#host = host;
    this.#folder = join(settings.folder, 'pool');
  }

  /** Uids of its clones. */
  get uids(): number[] {
    const all = [this.#making?.record, ...this.#ready().map(({ record }) => record)];
    return all.map((record) => record?.uid ?? -1);
  }

  /** What waits, for people. */
  report(): PreparedClone[] {
    return [...this.#shapes.values()].flatMap(({ spec, ready }) =>
      ready.map(({ residentMib }) => {
        const { image, kernel, cpus, memoryMib } = spec;
        return { image, kernel, cpus, memoryMib, residentMib };
      }),
    );
  }

  /** Of those that wait, with the bytes of memory that are their own. */
  folders(): ReadonlyMap<string, number> {
    return new Map(this.#ready().map(({ folder, residentMib }) => [folder, residentMib * MIB]));
  }

  /** Ends what a daemon that died has left. */
  async adopt(): Promise<void> {
    await makeFolder(this.#folder);
    await Promise.all((await readdir(this.#folder)).map((name) => endIn(join(this.#folder, name))));
  }

  has(key: string): boolean {
    return (this.#shapes.get(key)?.ready.length ?? 0) > 0;
  }

  /** @returns a clone of this key, whose caller it is from now on; null when none waits */
  async take(key: string, network: MachineNetwork | NoNetwork): Promise<Clone | null> {
    const ready = this.#shapes.get(key)?.ready ?? [];
    for (let clone = ready.shift(); clone !== undefined; clone = ready.shift()) {
      if (clone.vm.over === null && sameNetwork(clone.network, network)) return clone;
      await endClone(clone);
    }
    return null;
  }

  /** A sandbox of this shape was made: the next may well be one, too. */
  asked(facts: TemplateFacts, spec: VmSpec): void {
    if (this.#limits.clones === 0) return;
    const key = templateKey(facts);
    for (const [other, shape] of this.#shapes)
      if (other !== key && replaces(spec, shape.spec)) this.drop(other).catch(() => undefined); // their QEMUs end all the same
    const shape = this.#shapes.get(key) ?? newShape(facts, spec);
    shape.createsMs = [...shape.createsMs, Date.now()].slice(-CREATES_KEPT);
    this.#shapes.set(key, shape);
    this.#lookAfter(REST_MS);
  }

  /** Ends the clones of a template that is no more. */
  async drop(key: string): Promise<void> {
    const shape = this.#shapes.get(key);
    if (shape === undefined) return;
    this.#shapes.delete(key);
    shape.abort.abort();
    const making = this.#making?.shape === shape ? this.#making.done : undefined;
    await Promise.all([making, ...shape.ready.splice(0).map(endClone)]);
  }

  /** Ends all clones and forgets who asked. */
  async clear(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const keys = [...this.#shapes.keys()];
    await Promise.all(keys.map((key) => this.drop(key)));
    await this.#work;
  }

  #ready(): Clone[] {
    return [...this.#shapes.values()].flatMap(({ ready }) => ready);
  }

  #lookAfter(ms: number): void {
    if (this.#timer !== undefined && ms === LOOK_MS) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#work = this.#work.then(() => this.#look());
    }, ms).unref();
  }

  /** Lets go of what is too much or out of date, and makes what lacks until nothing does. */
  async #look(): Promise<void> {
    for (const [key, { spec }] of this.#shapes)
      if ((await this.#host.key(spec).catch(() => null)) !== key) await this.drop(key);
    for (const [key, count] of surplus(this.#demand(), this.#limits, Date.now()))
      await Promise.all((this.#shapes.get(key)?.ready.splice(0, count) ?? []).map(endClone));
    for (let key = this.#next(); key !== null; key = this.#next()) await this.#add(key);
    if (this.#shapes.size > 0) this.#lookAfter(LOOK_MS);
  }

  #next(): string | null {
    const memory = { availableMib: freemem() / MIB, totalMib: totalmem() / MIB };
    return nextToMake(this.#demand(), this.#limits, memory, Date.now());
  }

  #demand(): ShapeDemand[] {
    return [...this.#shapes]
      .filter(([key, { failures }]) => failures < FAILURES_MAX && this.#host.template(key) !== undefined)
      .map(([key, { createsMs, ready, cloneMib, spec }]) => ({
        ...{ key, createsMs, ready: ready.length, cloneMib, fullMib: spec.memoryMib },
      }));
  }

  /** Adds one clone, or a failure. */
  async #add(key: string): Promise<void> {
    const shape = this.#shapes.get(key);
    const template = this.#host.template(key);
    if (shape === undefined || template === undefined) return;
    const { promise: done, resolve } = Promise.withResolvers<void>();
    this.#making = { shape, done };
    const folder = join(this.#folder, randomBytes(8).toString('hex'));
    try {
      const clone = await this.#prepare(folder, template, shape);
      if (shape.abort.signal.aborted) return await endClone(clone);
      shape.cloneMib = clone.residentMib;
      shape.failures = 0;
      shape.ready.push(clone);
      clone.vm.ended.then(() => this.#onEnded(shape, clone));
    } catch {
      shape.failures += 1; // create forks the template, and tells what is wrong with it
      await removeFolder(folder);
    } finally {
      this.#making = null;
      resolve();
    }
  }

  async #prepare(folder: string, template: Template, { facts, spec, abort }: Shape): Promise<Clone> {
    // Its disk has its template's size until it is taken.
    const own: VmSpec = { ...spec, id: 'pool', hostname: WAITING_HOSTNAME, env: {}, diskMib: mebibytes(0) };
    await makeFolder(folder);
    const [layers, kernel, network] = await Promise.all([
      makeDisk(own, folder, template),
      pinKernel(own.kernel, folder),
      this.#host.network(),
    ]);
    const uid = this.#host.takeUid();
    const base = { id: own.id, layers, kernel, accelerator: facts.shape.accelerator, ...freshIdentity() };
    const record: VmRecord = uid === null ? base : { ...base, uid };
    if (this.#making !== null) this.#making.record = record;
    await writeRecord(folder, record);
    const settings = { ...this.#settings, forkTimeoutMs: this.#settings.bootTimeoutMs }; // it has no hurry
    const order = { spec: own, folder, record, facts, template, network, settings };
    return prepareClone({ ...order, timings: new Timings(), progress: UNWATCHED, signal: abort.signal });
  }

  async #onEnded(shape: Shape, clone: Clone): Promise<void> {
    const at = shape.ready.indexOf(clone);
    if (at < 0) return; // taken, or let go
    shape.ready.splice(at, 1);
    await removeFolder(clone.folder);
    this.#lookAfter(REST_MS);
  }
}

function newShape(facts: TemplateFacts, spec: VmSpec): Shape {
  const abort = new AbortController();
  return { facts, spec, createsMs: [], ready: [], cloneMib: CLONE_MIB_GUESS, failures: 0, abort };
}

/** The same image for the same sizes: what is asked for now is what that one became. */
function replaces(spec: VmSpec, older: VmSpec): boolean {
  return spec.image === older.image && spec.cpus === older.cpus && spec.memoryMib === older.memoryMib;
}

/** A network that was made anew is another one: who stands on the old one has no way out. */
function sameNetwork(a: MachineNetwork | NoNetwork, b: MachineNetwork | NoNetwork): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Ends a clone and removes all of it. */
export async function endClone({ vm, folder }: Pick<Clone, 'vm' | 'folder'>): Promise<void> {
  vm.kill();
  await vm.keeper.gone;
  await removeFolder(folder);
}

async function endIn(folder: string): Promise<void> {
  const keeper = await Keeper.find(folder);
  keeper?.kill();
  await keeper?.gone;
  await removeFolder(folder);
}
