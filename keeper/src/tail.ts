/** The last `limit` bytes of a stream. */
export class Tail {
  readonly #limit: number;
  #kept = new Uint8Array(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  append(bytes: Uint8Array): void {
    const both = new Uint8Array(this.#kept.length + bytes.length);
    both.set(this.#kept);
    both.set(bytes, this.#kept.length);
    this.#kept = both.subarray(Math.max(0, both.length - this.#limit));
  }

  text(): string {
    return new TextDecoder().decode(this.#kept);
  }
}
