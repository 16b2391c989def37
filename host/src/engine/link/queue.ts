/** What one side puts in and one reader takes out in order. Who puts in bounds it: credit for bytes, a count for messages. */
abstract class Awaited<T> implements AsyncIterable<T> {
  #end: { readonly error?: unknown } | null = null;
  #wake: (() => void) | null = null;

  /** What the reader gets next; undefined when there is nothing. */
  protected abstract next(): T | undefined;

  /** What was put in before can still be read; then the reader ends, or throws `error`. Only the first call counts. */
  end(error?: unknown): void {
    this.#end ??= { error };
    this.stir();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      const value = this.next();
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

  protected stir(): void {
    this.#wake?.();
    this.#wake = null;
  }
}

export class Queue<T> extends Awaited<T> {
  readonly #values: T[] = [];

  get length(): number {
    return this.#values.length;
  }

  push(value: T): void {
    this.#values.push(value);
    this.stir();
  }

  protected next(): T | undefined {
    return this.#values.shift();
  }
}

const FIRST_CAPACITY = 4096;

/**
 * Bytes that are copied in and read in pieces as large as there are. Two buffers take turns: a piece is valid until the
 * next is asked for, and a long transfer leaves no garbage.
 */
export class ByteQueue extends Awaited<Uint8Array> {
  #filling: Uint8Array = new Uint8Array(0);
  #size = 0;
  #read: Uint8Array = new Uint8Array(0);

  push(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (size > this.#filling.length) {
      const larger = new Uint8Array(Math.max(FIRST_CAPACITY, size, 2 * this.#filling.length));
      larger.set(this.#filling.subarray(0, this.#size));
      this.#filling = larger;
    }
    this.#filling.set(bytes, this.#size);
    this.#size = size;
    this.stir();
  }

  protected next(): Uint8Array | undefined {
    if (this.#size === 0) return undefined;
    const piece = this.#filling.subarray(0, this.#size);
    [this.#filling, this.#read] = [this.#read, this.#filling];
    this.#size = 0;
    return piece;
  }
}
