/**
 * The templates of this engine, one folder each. Their memory lives in keepers that outlive the daemon, and on disk.
 *
 *   (none) --get: made once for all who ask--> ready --forgotten, pushed out, keeper gone before it was kept--> (none)
 *                                              ready --keeper gone, the host booted--> asleep --get--> ready
 *
 * A template that is let go leaves its forks alone: they hold links to its disk, and QEMU holds its memory.
 */
import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../../ports/engine.ts';
import { Keeper } from '../keeper/control.ts';
import type { GuestShape } from '../qemu/arguments.ts';
import type { EngineSettings } from '../settings.ts';
import { within } from '../vm/deadline.ts';
import { type LayerFile, makeFolder, removeFolder } from '../vm/folder.ts';
import { holdKept, isKept, keepMemory, MEMORY_FILE } from './kept-memory.ts';
import { makeTemplate, readTemplate, STATE_FILE, type TemplateRecord } from './make-template.ts';
import { type TemplateFacts, templateKey } from './template-key.ts';

export interface Template {
  readonly key: string;
  readonly folder: string;
  readonly layers: readonly LayerFile[];
  readonly diskBytes: number;
  readonly state: string;
  /** Path through which another process opens the sealed memory. */
  readonly memory: string;
  readonly keeper: Keeper;
}

/** A template that nothing of lies in memory. */
interface Asleep {
  readonly folder: string;
  readonly record: TemplateRecord;
}

interface Making {
  readonly template: Promise<Template>;
  /** Who waits for it; the last who gives up ends it. */
  waiting: number;
  readonly abort: AbortController;
}

/** Each holds the memory its guest had touched, 100-200 MiB for a small one: the least used goes. */
const TEMPLATES_MAX = 8;
/** A guest whose clock or boot went wrong once may well do better the second time. */
const ATTEMPTS = 2;

function asTemplate(folder: string, record: TemplateRecord, keeper: Keeper): Template {
  const { keeper: pid, heldAs } = keeper.state;
  return { ...record, folder, state: join(folder, STATE_FILE), memory: `/proc/${pid}/fd/${heldAs}`, keeper };
}

export class TemplateStore {
  readonly #settings: EngineSettings;
  readonly #folder: string;
  readonly #dropped: (key: string) => Promise<void>;
  /** In order of use, the latest last. */
  readonly #ready = new Map<string, Template>();
  readonly #making = new Map<string, Making>();
  /** By key. */
  readonly #asleep = new Map<string, Asleep>();
  /** Those that are written to disk, by folder. */
  readonly #keeping = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();

  /** @param dropped told of each template that goes */
  constructor(settings: EngineSettings, dropped: (key: string) => Promise<void>) {
    this.#settings = settings;
    this.#dropped = dropped;
    this.#folder = join(settings.folder, 'templates');
  }

  /** Finds the templates of a daemon that is gone; what is not whole is removed. */
  async adopt(): Promise<void> {
    await makeFolder(this.#folder);
    for (const name of await readdir(this.#folder)) await this.#adoptOne(join(this.#folder, name));
  }

  /**
   * The template with this key, made when there is none.
   * @throws BhattiError template.bad | engine.boot-timeout | operation.cancelled
   */
  async get(facts: TemplateFacts, progress: Progress, signal: AbortSignal): Promise<Template> {
    const key = templateKey(facts);
    const ready = this.use(key);
    if (ready !== undefined) return ready;
    const making = this.#making.get(key) ?? this.#make(key, facts, progress);
    making.waiting += 1;
    try {
      return await within(making.template, 'make a template', { timeoutMs: 2 ** 31 - 1, signal });
    } finally {
      making.waiting -= 1;
      if (making.waiting === 0) making.abort.abort();
    }
  }

  /** The template with this key, when it is ready; from now on it is the one used last. */
  use(key: string): Template | undefined {
    const ready = this.#ready.get(key);
    if (ready === undefined) return undefined;
    this.#ready.delete(key);
    this.#ready.set(key, ready);
    return ready;
  }

  /** The template with this key, when it is ready. */
  peek(key: string): Template | undefined {
    return this.#ready.get(key);
  }

  /** The file of a template's memory, where it is on disk. */
  async memoryOnDisk(key: string): Promise<string | null> {
    const folder = (this.#ready.get(key) ?? this.#asleep.get(key))?.folder;
    await this.#keeping.get(folder ?? '')?.done;
    return folder !== undefined && (await isKept(folder)) ? join(folder, MEMORY_FILE) : null;
  }

  /** A template that no fork came up from. */
  async forget(template: Template): Promise<void> {
    if (this.#ready.get(template.key) === template) await this.#letGo(template);
  }

  /** Lets the templates of an image go. */
  async forgetImage(image: string): Promise<void> {
    const { dev, ino } = await stat(image);
    const isOf = async ([lowest]: readonly LayerFile[]): Promise<boolean> => {
      const found = await stat(lowest?.path ?? '').catch(() => null);
      return found?.dev === dev && found.ino === ino;
    };
    for (const template of [...this.#ready.values()]) if (await isOf(template.layers)) await this.#letGo(template);
    for (const asleep of [...this.#asleep.values()]) if (await isOf(asleep.record.layers)) await this.#remove(asleep);
  }

  /** Lets all templates go. */
  async clear(): Promise<void> {
    for (const making of this.#making.values()) making.abort.abort();
    await Promise.allSettled([...this.#making.values()].map(({ template }) => template));
    await Promise.all([...this.#ready.values()].map((template) => this.#letGo(template)));
    await Promise.all([...this.#asleep.values()].map((asleep) => this.#remove(asleep)));
  }

  /** `memory`: of those that lie there. */
  all(): readonly { readonly folder: string; readonly memory?: string }[] {
    return [...this.#ready.values(), ...this.#asleep.values()];
  }

  /** Forgets them without touching them. */
  async detach(): Promise<void> {
    for (const template of this.#ready.values()) template.keeper.detach();
    await Promise.all([...this.#keeping.keys()].map((folder) => this.#endKeeping(folder)));
  }

  async #adoptOne(folder: string): Promise<void> {
    const keeper = await Keeper.find(folder);
    const record = await readTemplate(folder);
    if (keeper !== null && record !== null && keeper.state.heldAs !== undefined) {
      this.#admit(asTemplate(folder, record, keeper));
      return;
    }
    keeper?.kill();
    keeper?.release();
    await keeper?.gone;
    if (record !== null && (await isKept(folder))) this.#asleep.set(record.key, { folder, record });
    else await removeFolder(folder);
  }

  #make(key: string, facts: TemplateFacts, progress: Progress): Making {
    const abort = new AbortController();
    const template = this.#tryToMake(key, facts, progress, abort.signal).finally(() => this.#making.delete(key));
    template.catch(() => undefined);
    const making = { template, waiting: 0, abort };
    this.#making.set(key, making);
    return making;
  }

  async #tryToMake(key: string, facts: TemplateFacts, progress: Progress, signal: AbortSignal): Promise<Template> {
    const woken = await this.#wake(key);
    if (woken !== null) return this.#admit(woken);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return this.#admit(await this.#makeOne(key, facts, progress, signal));
      } catch (error) {
        if (attempt === ATTEMPTS || signal.aborted) throw error;
        progress.step('the template did not come out well: once more');
      }
    }
  }

  /** @returns null when there is none on disk, or it is not what was written */
  async #wake(key: string): Promise<Template | null> {
    const asleep = this.#asleep.get(key);
    if (asleep === undefined) return null;
    try {
      const keeper = await holdKept(asleep.folder, this.#settings);
      this.#asleep.delete(key);
      return asTemplate(asleep.folder, asleep.record, keeper);
    } catch {
      await this.#remove(asleep);
      return null;
    }
  }

  async #makeOne(key: string, facts: TemplateFacts, progress: Progress, signal: AbortSignal): Promise<Template> {
    const folder = join(this.#folder, `${key.slice(0, 12)}-${randomBytes(3).toString('hex')}`);
    const shape: GuestShape = facts.shape;
    const { keeper: keeperProgram, qemu, bootTimeoutMs } = this.#settings;
    const order = {
      ...{ folder, key, keeperProgram, qemu, shape },
      ...{ image: facts.image.path, kernel: facts.kernel.path, commandLine: facts.commandLine },
      rehearsal: facts.rehearsal,
    };
    try {
      const keeper = await makeTemplate(order, progress, { timeoutMs: bootTimeoutMs, signal });
      const record = await readTemplate(folder);
      if (record === null) throw new Error(`cannot read back the template in ${folder}`);
      return asTemplate(folder, record, keeper);
    } catch (error) {
      await removeFolder(folder);
      throw error;
    }
  }

  #admit(template: Template): Template {
    this.#ready.set(template.key, template);
    template.keeper.gone.then(() => this.#onGone(template));
    for (const oldest of [...this.#asleep.values(), ...this.#ready.values()]) {
      if (this.#asleep.size + this.#ready.size <= TEMPLATES_MAX) break;
      // Its keeper ends all the same.
      ('keeper' in oldest ? this.#letGo(oldest) : this.#remove(oldest)).catch(() => undefined);
    }
    this.#keep(template);
    return template;
  }

  /** Nobody waits for the disk. */
  #keep({ folder, memory }: Template): void {
    const stop = new AbortController();
    const keep = async (): Promise<void> => {
      if (!(await isKept(folder))) await keepMemory(memory, folder, stop.signal);
    };
    const done = keep()
      .catch(() => undefined) // the disk is full, or it is gone: it is made anew some day
      .finally(() => this.#keeping.delete(folder));
    this.#keeping.set(folder, { stop, done });
  }

  async #endKeeping(folder: string): Promise<void> {
    const keeping = this.#keeping.get(folder);
    keeping?.stop.abort();
    await keeping?.done;
  }

  async #letGo(template: Template): Promise<void> {
    this.#ready.delete(template.key);
    template.keeper.release();
    await this.#endKeeping(template.folder);
    await Promise.all([template.keeper.gone, this.#dropped(template.key)]);
    await removeFolder(template.folder);
  }

  async #remove({ folder, record }: Asleep): Promise<void> {
    this.#asleep.delete(record.key);
    await removeFolder(folder);
  }

  async #onGone(template: Template): Promise<void> {
    const { key, folder } = template;
    if (this.#ready.get(key) !== template) return;
    this.#ready.delete(key);
    await Promise.all([this.#endKeeping(folder), this.#dropped(key)]);
    const record = await readTemplate(folder);
    if (record !== null && (await isKept(folder))) this.#asleep.set(key, { folder, record });
    else await removeFolder(folder);
  }
}
