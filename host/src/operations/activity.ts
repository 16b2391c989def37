/** What is asked of each sandbox, as far as it matters for setting it aside. Costs nothing but a note of the time. */

interface Noted {
  lastMs: number;
  /** Streams that are work while they are open. */
  streams: number;
  /** Grows with each note: whoever decided on a number looks whether it is still that one. */
  count: number;
  /** Why it was not set aside when it was looked at last. */
  why?: string;
}

export class Activity {
  readonly #monotonicMs: () => number;
  readonly #byId = new Map<string, Noted>();
  #onChange: (id: string) => void = () => undefined;

  /** @param monotonicMs a clock that nobody sets */
  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  get nowMs(): number {
    return this.#monotonicMs();
  }

  /** The one who is told when a sandbox comes up, is set aside, or gets other settings. */
  set onChange(tell: (id: string) => void) {
    this.#onChange = tell;
  }

  /** Something was asked of it, or said on a terminal. */
  touch(id: string): void {
    const noted = this.#of(id);
    noted.lastMs = this.#monotonicMs();
    noted.count += 1;
  }

  /** A stream that is work until it is closed. */
  begin(id: string, closed: Promise<void>): void {
    this.touch(id);
    const noted = this.#of(id);
    noted.streams += 1;
    const end = (): void => {
      this.touch(id);
      noted.streams -= 1;
    };
    closed.then(end, end);
  }

  /** Its state or its settings are others now. */
  changed(id: string): void {
    this.touch(id);
    this.#onChange(id);
  }

  explain(id: string, why: string): void {
    this.#of(id).why = why;
  }

  of(id: string): Readonly<Omit<Noted, 'lastMs'>> & { readonly quietMs: number } {
    const { lastMs, ...noted } = this.#of(id);
    return { ...noted, quietMs: this.#monotonicMs() - lastMs };
  }

  /** It is gone; what still closes a stream of it does no harm. */
  forget(id: string): void {
    this.#byId.delete(id);
  }

  #of(id: string): Noted {
    const noted = this.#byId.get(id) ?? { lastMs: this.#monotonicMs(), streams: 0, count: 0 };
    this.#byId.set(id, noted);
    return noted;
  }
}
