/** Values one side puts in and one reader takes out in order. Who puts in bounds it: credit for bytes, a count for messages. */
export class Queue<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  #end: { readonly error?: unknown } | null = null;
  #wake: (() => void) | null = null;

  get length(): number {
    return this.#values.length;
  }

  push(value: T): void {
    this.#values.push(value);
    this.#stir();
  }

  /** What was put in before can still be read; then the reader ends, or throws `error`. Only the first call counts. */
  end(error?: unknown): void {
    this.#end ??= { error };
    this.#stir();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      const value = this.#values.shift();
      if (value !== undefined) yield value;
      else if (this.#end === null) await this.#news();
      else if (this.#end.error === undefined) return;
      else throw this.#end.error;
    }
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #stir(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
