/**
 * The templates of this engine, one folder each. Their memory lives in keepers that outlive the daemon.
 *
 *   (none) --get: made once for all who ask--> ready --keeper gone, disk gone, pushed out--> (none)
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

  /** A template that no fork came up from. */
  async forget(template: Template): Promise<void> {
    if (this.#ready.get(template.key) === template) await this.#letGo(template);
  }

  /** Lets the templates of an image go. */
  async forgetImage(image: string): Promise<void> {
    const { dev, ino } = await stat(image);
    for (const template of [...this.#ready.values()]) {
      const lowest = await stat(template.layers[0]?.path ?? '').catch(() => null);
      if (lowest?.dev === dev && lowest.ino === ino) await this.#letGo(template);
    }
  }

  /** Lets all templates go. */
  async clear(): Promise<void> {
    for (const making of this.#making.values()) making.abort.abort();
    await Promise.allSettled([...this.#making.values()].map(({ template }) => template));
    await Promise.all([...this.#ready.values()].map((template) => this.#letGo(template)));
  }

  all(): readonly Template[] {
    return [...this.#ready.values()];
  }

  /** Forgets them without touching them. */
  detach(): void {
    for (const template of this.#ready.values()) template.keeper.detach();
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
    await removeFolder(folder);
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
    for (let attempt = 1; ; attempt += 1) {
      try {
        return this.#admit(await this.#makeOne(key, facts, progress, signal));
      } catch (error) {
        if (attempt === ATTEMPTS || signal.aborted) throw error;
        progress.step('the template did not come out well: once more');
      }
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
    for (const oldest of this.#ready.values()) {
      if (this.#ready.size <= TEMPLATES_MAX) break;
      this.#letGo(oldest).catch(() => undefined); // its keeper ends all the same
    }
    return template;
  }

  async #letGo(template: Template): Promise<void> {
    this.#ready.delete(template.key);
    template.keeper.release();
    await Promise.all([template.keeper.gone, this.#dropped(template.key)]);
    await removeFolder(template.folder);
  }

  async #onGone(template: Template): Promise<void> {
    if (this.#ready.get(template.key) !== template) return;
    this.#ready.delete(template.key);
    await Promise.all([removeFolder(template.folder), this.#dropped(template.key)]);
  }
}
