/** Which entries a reader wants. Everything that a context decides is decided once for it, not once a line. Pure. */
import type { Context, Entry } from './entry.ts';
import { globMatches } from './glob.ts';
import { isShared, journalKey, KERNEL_KEY } from './places.ts';

/** `NAME=value` terms: alternatives of one name are ored, names are anded; groups (`+`) are ored. */
export type MatchGroup = ReadonlyMap<string, ReadonlySet<string>>;

export interface Query {
  /** Names with their suffix; none and no patterns: all. */
  readonly units?: readonly string[];
  readonly unitPatterns?: readonly string[];
  readonly kernelOnly?: boolean;
  readonly bootId?: string;
  /** Entries of the run with this id: `systemctl status`. */
  readonly invocationId?: string;
  readonly priorities?: ReadonlySet<number>;
  readonly identifiers?: ReadonlySet<string>;
  readonly facilities?: ReadonlySet<number>;
  readonly matches?: readonly MatchGroup[];
  readonly grep?: RegExp;
}

type ContextVerdict = 'no' | 'yes' | 'ask-entry';

export class Filter {
  readonly #query: Query;
  readonly #units: ReadonlySet<string>;
  readonly #wantsUnits: boolean;
  readonly #verdicts = new WeakMap<Context, ContextVerdict>();

  constructor(query: Query) {
    this.#query = query;
    this.#units = new Set(query.units ?? []);
    this.#wantsUnits = this.#units.size > 0 || (query.unitPatterns?.length ?? 0) > 0;
  }

  /** Files that can hold what is asked for. */
  wantsKey(key: string): boolean {
    if (this.#query.kernelOnly === true) return key === KERNEL_KEY;
    if (!this.#wantsUnits) return true;
    for (const unit of this.#units) {
      if (journalKey(unit) === key || (unit.endsWith('.slice') && key !== KERNEL_KEY)) return true;
    }
    const patterns = this.#query.unitPatterns ?? [];
    if (patterns.length === 0) return false;
    if (isShared(key) && key !== KERNEL_KEY) return true;
    return patterns.some((pattern) => globMatches(pattern, key) || globMatches(pattern, 'system.slice'));
  }

  /** The one key whose files hold all that is asked for; null when there may be several. */
  get onlyKey(): string | null {
    const [unit, another] = this.#units;
    if (this.#query.kernelOnly === true || unit === undefined || another !== undefined) return null;
    if ((this.#query.unitPatterns?.length ?? 0) > 0 || unit.endsWith('.slice')) return null;
    return journalKey(unit);
  }

  matches(entry: Entry): boolean {
    let verdict = this.#verdicts.get(entry.context);
    if (verdict === undefined) {
      verdict = this.#judge(entry.context);
      this.#verdicts.set(entry.context, verdict);
    }
    if (verdict === 'no') return false;
    if (verdict === 'ask-entry' && !this.#ofUnitByOwnFields(entry)) return false;
    const { priorities, identifiers, matches, grep } = this.#query;
    if (priorities !== undefined && !priorities.has(entry.record.priority)) return false;
    if (identifiers !== undefined && !identifiers.has(entry.sender.identifier)) return false;
    if (matches !== undefined && matches.length > 0 && !matches.some((group) => groupMatches(group, entry)))
      return false;
    return grep === undefined || grep.test(entry.message);
  }

  #judge(context: Context): ContextVerdict {
    const { bootId, kernelOnly, facilities, invocationId } = this.#query;
    if (bootId !== undefined && context.get('_BOOT_ID') !== bootId) return 'no';
    if (kernelOnly === true && context.get('_TRANSPORT') !== 'kernel') return 'no';
    if (facilities !== undefined && !facilities.has(Number(context.get('SYSLOG_FACILITY') ?? 0))) return 'no';
    if (invocationId !== undefined && !ofInvocation(context, invocationId)) return 'no';
    if (!this.#wantsUnits || this.#ofUnit(context)) return 'yes';
    // A privileged process may speak about a unit; only the entry tells.
    return context.get('_UID') === '0' ? 'ask-entry' : 'no';
  }

  #isWanted(unit: string | undefined): boolean {
    if (unit === undefined) return false;
    return this.#units.has(unit) || (this.#query.unitPatterns ?? []).some((pattern) => globMatches(pattern, unit));
  }

  #ofUnit(context: Context): boolean {
    if (this.#isWanted(context.get('_SYSTEMD_UNIT')) || this.#isWanted(context.get('_SYSTEMD_SLICE'))) return true;
    return context.get('_SYSTEMD_UNIT') === 'init.scope' && this.#isWanted(context.get('UNIT'));
  }

  #ofUnitByOwnFields(entry: Entry): boolean {
    return entry.own.some(([name, value]) => ABOUT.has(name) && this.#isWanted(value));
  }
}

const ABOUT: ReadonlySet<string> = new Set(['OBJECT_SYSTEMD_UNIT', 'COREDUMP_UNIT']);

function ofInvocation(context: Context, id: string): boolean {
  const own = context.get('_SYSTEMD_INVOCATION_ID') ?? context.get('INVOCATION_ID');
  return own === id || own === undefined;
}

function groupMatches(group: MatchGroup, entry: Entry): boolean {
  for (const [name, values] of group) if (!entry.all(name).some((value) => values.has(value))) return false;
  return true;
}
