/** How long each stage of an operation took, for its report. */
export class Timings {
  readonly #begin = performance.now();
  readonly #stages: Record<string, number> = {};
  #last = this.#begin;

  /** The stage that ends now began where the one before it ended. */
  mark(stage: string): void {
    const now = performance.now();
    this.#stages[stage] = round(now - this.#last);
    this.#last = now;
  }

  /** Stage -> ms, and their `total`. */
  all(): Record<string, number> {
    return { ...this.#stages, total: round(performance.now() - this.#begin) };
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
