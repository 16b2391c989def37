/** All that decides what a guest of some shape sees on this host: what a template's key is made of. */
import type { VmShape } from '../ports/engine.ts';
import { type Choice, chooseAccelerator } from './accelerator/choice.ts';
import { kernelCommandLine } from './qemu/arguments.ts';
import { counterKhz } from './qemu/counter-rate.ts';
import { describeQemu, type QemuProgram } from './qemu/program.ts';
import type { EngineSettings } from './settings.ts';
import type { TemplateFacts } from './template/template-key.ts';
import { fileIdentity, makeFolder } from './vm/folder.ts';

export class GuestFacts {
  readonly #settings: EngineSettings;
  #qemu: Promise<QemuProgram> | null = null;
  #counter: Promise<number | null> | null = null;
  #choice: Promise<Choice> | null = null;

  constructor(settings: EngineSettings) {
    this.#settings = settings;
  }

  /** @throws BhattiError host.missing-program | engine.failed | image.broken */
  async of(spec: VmShape): Promise<TemplateFacts> {
    const [qemu, image, kernel] = await Promise.all([this.qemu(), fileIdentity(spec.image), fileIdentity(spec.kernel)]);
    const accelerator = this.#settings.accelerator ?? (await this.choice(spec.kernel)).accelerator;
    const shape = { accelerator, cpus: spec.cpus, memoryMib: spec.memoryMib };
    return {
      shape,
      qemu: { identity: qemu.identity, version: qemu.version },
      kernel: { path: spec.kernel, identity: kernel },
      commandLine: kernelCommandLine(shape, accelerator === 'tcg' ? await this.#counterKhz() : null),
      image: { path: spec.image, identity: image },
      rehearsal: spec.rehearsal ?? [],
    };
  }

  /** The program as it is now: it may have been upgraded under a running daemon. */
  async qemu(): Promise<QemuProgram> {
    const known = await this.#qemu;
    if (known !== null && known !== undefined && (await fileIdentity(known.path)) === known.identity) return known;
    this.#qemu = describeQemu(this.#settings.qemu);
    this.#qemu.catch(() => {
      this.#qemu = null;
    });
    return this.#qemu;
  }

  /** @param kernel what the probe boots */
  async choice(kernel: string, also: { afresh: boolean } = { afresh: false }): Promise<Choice> {
    if (this.#choice === null || also.afresh) {
      await makeFolder(this.#settings.folder);
      this.#choice = chooseAccelerator(this.#settings.folder, await this.qemu(), kernel, also);
      this.#choice.catch(() => {
        this.#choice = null;
      });
    }
    return this.#choice;
  }

  #counterKhz(): Promise<number | null> {
    this.#counter ??= counterKhz(this.#settings.folder, this.#settings.keeper);
    return this.#counter;
  }
}
