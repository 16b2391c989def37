/** The last bytes of an output, counted from its first byte: byte `n` stays at `n`, so that a reader never loses its place. */
const FIRST_CAPACITY = 4096;

export class Ring {
  readonly #capacityMax: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  /** Bytes kept, the newest ones. */
  #size = 0;

  /** @param capacityMax a power of two */
  constructor(capacityMax: number) {
    this.#capacityMax = capacityMax;
  }

  /** Number of the oldest byte that is still there. */
  get start(): number {
    return this.#end - this.#size;
  }

  /** Number of the byte that comes next. */
  get end(): number {
    return this.#end;
  }

  append(added: Uint8Array): void {
    this.#grow(this.#size + added.length);
    const capacity = this.#bytes.length;
    const kept = added.subarray(Math.max(0, added.length - capacity));
    const at = (this.#end + added.length - kept.length) % capacity;
    const first = Math.min(kept.length, capacity - at);
    this.#bytes.set(kept.subarray(0, first), at);
    this.#bytes.set(kept.subarray(first), 0);
    this.#end += added.length;
    this.#size = Math.min(capacity, this.#size + added.length);
  }

  /** Bytes from number `from` on that lie in one piece, `max` at most; valid until the next append. */
  piece(from: number, max: number): Uint8Array {
    if (from < this.start || from > this.#end) throw new RangeError(`byte ${from} is not kept`);
    if (from === this.#end) return this.#bytes.subarray(0, 0);
    const at = from % this.#bytes.length;
    return this.#bytes.subarray(at, Math.min(at + max, at + this.#end - from, this.#bytes.length));
  }

  /**
   * Where a replay begins: at the oldest byte, or behind the first line break after it when older ones are lost, so that
   * no half character or escape sequence comes first.
   */
  replayStart(): number {
    if (this.#size === this.#end) return this.start;
    const lineEnd = this.piece(this.start, FIRST_CAPACITY).indexOf(0x0a);
    return lineEnd < 0 ? this.start : this.start + lineEnd + 1;
  }

  #grow(wanted: number): void {
    let capacity = Math.max(this.#bytes.length, FIRST_CAPACITY);
    while (capacity < wanted && capacity < this.#capacityMax) capacity *= 2;
    if (capacity === this.#bytes.length) return;
    const larger = new Uint8Array(capacity);
    for (let from = this.start; from < this.#end; ) {
      const piece = this.piece(from, capacity - (from % capacity));
      larger.set(piece, from % capacity);
      from += piece.length;
    }
    this.#bytes = larger;
  }
}
