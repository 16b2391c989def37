/** Cancelling, as the web has it: listeners of one event, called once. */
export class AbortSignal {
  aborted = false;
  readonly #listeners = new Set<() => void>();

  addEventListener(_: 'abort', run: () => void): void {
    this.#listeners.add(run);
  }

  removeEventListener(_: 'abort', run: () => void): void {
    this.#listeners.delete(run);
  }

  raise(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (const run of this.#listeners) run();
    this.#listeners.clear();
  }
}

export class AbortController {
  readonly signal = new AbortSignal();

  abort(): void {
    this.signal.raise();
  }
}
