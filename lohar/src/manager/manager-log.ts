/** PID 1's own lines, about units and about itself. */
import type { JournalSink } from '../journal/sink.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { Priority } from '../unit/model.ts';

/** Lines less severe than this are not written (log-level; systemd's default is info). */
export const DEFAULT_LEVEL: Priority = 6;
export const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;

export class ManagerLog {
  #level: Priority = DEFAULT_LEVEL;
  readonly #journal: JournalSink;
  /** Told of another level. */
  onLevel: (level: Priority) => void = () => {};

  constructor(journal: JournalSink) {
    this.#journal = journal;
  }

  get level(): Priority {
    return this.#level;
  }

  set level(level: Priority) {
    this.#level = level;
    this.onLevel(level);
  }

  /** `text` stands as it is: most lines begin with the unit's name. */
  write(unit: Unit | null, priority: Priority, text: string, fields: Readonly<Record<string, string>> = {}): void {
    if (priority > this.#level) return;
    this.#journal.log({
      priority,
      message: text,
      ...(unit === null ? {} : { unit: unit.id }),
      ...(unit === null || unit.invocationId === '' ? {} : { invocationId: unit.invocationId }),
      fields,
    });
  }

  /** `U: text` */
  unit(unit: Unit, priority: Priority, text: string): void {
    this.write(unit, priority, `${unit.id}: ${text}`);
  }
}
