/** What the kernel reads the time from: a template is refused unless every fork may inherit it. */
import type { Sys } from '@bhatti/runtime/sys.ts';

const PATH = '/sys/devices/system/clocksource/clocksource0/current_clocksource';
const NAME_SIZE_MAX = 4096;
/** What kernels settle on, without a watchdog that could take it away: host/src/engine/qemu/arguments.ts. */
const LASTING = ['tsc', 'kvm-clock', 'arch_sys_counter'];

export class ClockSource {
  readonly #sys: Sys;
  #known = '';

  constructor(sys: Sys) {
    this.#sys = sys;
  }

  /** One that lasts is read once: opening the file would take a fork 7 ms of the way to its first answer. */
  get(): string {
    if (!LASTING.includes(this.#known) && this.#sys.access(PATH, 0))
      this.#known = this.#sys.decode(this.#sys.readFile(PATH, NAME_SIZE_MAX)).trim();
    return this.#known;
  }
}
