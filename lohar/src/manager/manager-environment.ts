/** The environment block that every service inherits: LANG and PATH, then what set-environment added. */
import {
  isEnvironmentAssignment,
  isEnvironmentName,
  mergeEnvironment,
  withoutEnvironment,
} from '../unit/exec/environment.ts';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin';
/** Variables that clients may add. */
const ENTRIES_MAX = 4096;

export class ManagerEnvironment {
  readonly #base: () => readonly string[];
  readonly #changed: (added: readonly string[]) => void;
  #added: readonly string[] = [];

  /**
   * @param base asked each time: locale settings may come with a package
   * @param changed told of what was added, which must outlive PID 1's own re-execution
   */
  constructor(
    base: () => readonly string[],
    added: readonly string[] = [],
    changed: (added: readonly string[]) => void = () => {},
  ) {
    this.#base = base;
    this.#added = added;
    this.#changed = changed;
  }

  get entries(): readonly string[] {
    return mergeEnvironment(this.#base(), this.#added);
  }

  /** @returns false when one of them is no assignment; then nothing changes */
  set(assignments: readonly string[]): boolean {
    if (!assignments.every(isEnvironmentAssignment)) return false;
    const merged = mergeEnvironment(this.#added, assignments);
    if (merged.length > ENTRIES_MAX) return false;
    this.#added = merged.sort();
    this.#changed(this.#added);
    return true;
  }

  /** Names, or assignments that go only when they have that value. */
  unset(patterns: readonly string[]): boolean {
    if (!patterns.every((one) => isEnvironmentName(one) || isEnvironmentAssignment(one))) return false;
    this.#added = withoutEnvironment(this.#added, patterns);
    this.#changed(this.#added);
    return true;
  }
}

/** LANG of locale.conf(5), else of Debian's /etc/default/locale, else C.UTF-8. */
export function localeOf(texts: readonly string[]): string[] {
  for (const text of texts) {
    const entries = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^(LANG|LANGUAGE|LC_[A-Z]+)=/.test(line))
      .map((line) => line.replace(/=(["'])(.*)\1$/, '=$2'));
    if (entries.length > 0) return entries;
  }
  return ['LANG=C.UTF-8'];
}
