/** What a phase of npm test is, and which of them a selection runs. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What was skipped and why, as it is printed. */
  readonly reasons: readonly string[];
}
export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0, reasons: [] };
export const PASSED: Counts = { ...NOTHING, passed: 1 };

export const skippedBecause = (reason: string): Counts => ({ ...NOTHING, skipped: 1, reasons: [reason] });

export const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  reasons: [...a.reasons, ...b.reasons],
});

/** One run of npm test. */
export interface Run {
  /** Absolute path of the checkout. */
  readonly root: string;
  /** A folder for this run's temporary files; its name marks every process, mount and file of the run. */
  readonly scratch: string;
  /** Where each phase's full output is kept: build/check/<phase>.log. */
  readonly logs: string;
  /** Aborted when the whole run is over its time. */
  readonly signal: AbortSignal;
  /** When that is, by performance.now(). */
  readonly endsAtMs: number;
}

export interface Phase {
  /** 'unit', 'vm:cli/exec': what --only names. */
  readonly name: string;
  /** What is shown while it runs. */
  readonly title: string;
  /** Phases that must have passed before: their results are kept on disk, so that they are quick the second time. */
  readonly needs: readonly string[];
  /** True when another may run beside it: it measures nothing, and does not fill the machine. */
  readonly shares?: boolean;
  /** @throws Error whose message is all that the reader needs */
  run(run: Run, note: (text: string) => void): Promise<Counts>;
}

/** 'vm' names vm:cli and vm:exec; 'vm:cli' names itself and vm:cli/shell. */
const named = (phase: string, only: string): boolean =>
  phase === only || phase.startsWith(`${only}:`) || phase.startsWith(`${only}/`);

/**
 * The phases that `only` names, in order, with all that they need; all of them when it names none.
 * @throws Error when a name fits no phase
 */
export function select(phases: readonly Phase[], only: readonly string[]): readonly Phase[] {
  if (only.length === 0) return phases;
  const wanted = new Set<string>();
  const want = (phase: Phase): void => {
    if (wanted.has(phase.name)) return;
    wanted.add(phase.name);
    for (const need of phases.filter(({ name }) => phase.needs.includes(name))) want(need);
  };
  for (const name of only) {
    const fitting = phases.filter((phase) => named(phase.name, name));
    if (fitting.length === 0)
      throw new Error(`cannot run only "${name}": the phases are ${phases.map((phase) => phase.name).join(', ')}`);
    for (const phase of fitting) want(phase);
  }
  return phases.filter(({ name }) => wanted.has(name));
}

/** The first need of a phase that did not pass, if any. */
export const blockedBy = (phase: Phase, failed: ReadonlySet<string>): string | undefined =>
  phase.needs.find((need) => failed.has(need));

/**
 * Runs the phases in their order, up to `lanes` at once of those that share the machine, and the others by themselves.
 * Resolves when the last has ended.
 * @param runOne gets a phase once all before it that it needs have ended
 */
export async function inLanes(
  phases: readonly Phase[],
  lanes: number,
  runOne: (phase: Phase) => Promise<void>,
): Promise<void> {
  const running = new Map<Phase, Promise<void>>();
  for (const phase of phases) {
    const mayStart = (): boolean => {
      const beside = [...running.keys()];
      if (beside.length === 0) return true;
      if (beside.some(({ name }) => phase.needs.includes(name))) return false;
      return phase.shares === true && beside.length < lanes && beside.every(({ shares }) => shares === true);
    };
    while (!mayStart()) await Promise.race(running.values());
    running.set(
      phase,
      runOne(phase).finally(() => running.delete(phase)),
    );
  }
  await Promise.all(running.values());
}

/** So many failed test phases may be an unlucky moment of a loaded machine each; more are not. */
const UNLUCKY_MAX = 3;

/**
 * Phases whose tests are asked once more, each by itself: a deadline of real time can be missed by a machine that does
 * other work. What is broken fails again.
 * @param failed names of those of which a test failed
 */
export const toAskAgain = (phases: readonly Phase[], failed: ReadonlySet<string>): readonly Phase[] =>
  failed.size > UNLUCKY_MAX ? [] : phases.filter(({ name }) => failed.has(name));
