/** Mounts and swaps that come and go by themselves: the kernel tells, and their units follow. */
import { O_CLOEXEC, O_RDONLY } from '@bhatti/runtime/linux/constants.ts';
import { type Loop, type Sys, SysError, type Timer } from '@bhatti/runtime/sys.ts';
import type { Unit } from '../../unit/graph/unit.ts';
import { isApiMount } from '../../unit/mount/mount-info.ts';
import { NAME_SIZE_MAX } from '../../unit/name.ts';
import { escapePath } from '../../unit/name-escape.ts';
import type { UnitManager } from '../unit-manager.ts';
import { MOUNTINFO, type MountTable, SWAPS } from './mount-table.ts';

/** Thousands of mounts in a row are looked at together. */
const PAUSE_MS = 100;

export class MountWatch {
  readonly #loop: Loop;
  readonly #table: MountTable;
  readonly #manager: UnitManager;
  #pause: Timer | null = null;
  #missed = false;

  constructor(sys: Sys, loop: Loop, table: MountTable, manager: UnitManager) {
    this.#loop = loop;
    this.#table = table;
    this.#manager = manager;
    for (const path of [MOUNTINFO, SWAPS])
      try {
        loop.watch(sys.open(path, O_RDONLY | O_CLOEXEC), 'exceptional', () => this.#changed());
      } catch (error) {
        if (!(error instanceof SysError)) throw error; // a kernel without swap
      }
  }

  #changed(): void {
    if (this.#pause !== null) {
      this.#missed = true;
      return;
    }
    this.look();
    this.#pause = this.#loop.after(PAUSE_MS, () => {
      this.#pause = null;
      if (!this.#missed) return;
      this.#missed = false;
      this.#changed();
    });
  }

  look(): void {
    this.#table.forget();
    const seen = new Set<Unit>();
    for (const where of this.#table.mounts.keys())
      if (!isApiMount(where) && this.#table.mountAt(where) !== null) this.#tell(where, 'mount', seen);
    for (const path of this.#table.swaps.keys()) this.#tell(path, 'swap', seen);
    for (const unit of [...this.#manager.registry.all()])
      if (/^(mount|swap)$/.test(unit.config.type) && !unit.isDown && !seen.has(unit))
        this.#manager.others.of(unit)?.kernelChanged?.();
  }

  #tell(path: string, type: 'mount' | 'swap', seen: Set<Unit>): void {
    const name = `${escapePath(path) ?? ''}.${type}`;
    if (!path.startsWith('/') || name.length > NAME_SIZE_MAX) return;
    const { registry, others } = this.#manager;
    const unit = registry.get(name);
    if (unit.config.load === 'not-found') registry.loadAgain(unit);
    if (unit.config.load !== 'loaded') return;
    seen.add(unit);
    others.of(unit)?.kernelChanged?.();
  }
}
