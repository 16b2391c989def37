/** Values of the D-Bus wire format, read with a bound on each step. Facts: D-Bus Specification, "Type System". */

/** Arguments of a basic type are numbers or texts; 64-bit ones and doubles are skipped, nobody here asks for them. */
export type Basic = number | string;

/** What a byte sequence of the bus breaks; it is never repaired. */
export class WireError extends Error {}

const SIZES: Readonly<Record<string, number>> = { y: 1, n: 2, q: 2, b: 4, i: 4, u: 4, x: 8, t: 8, d: 8 };

export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #end: number;
  #at: number;

  /** @param end where the part that may be read is over; alignment counts from the first byte of `bytes` */
  constructor(bytes: Uint8Array, little: boolean, at: number, end: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = little;
    this.#at = at;
    this.#end = end;
  }

  get at(): number {
    return this.#at;
  }

  /** Padding must be zeros. */
  align(to: number): void {
    while (this.#at % to !== 0) if (this.byte() !== 0) throw new WireError('padding that is not zero');
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    this.align(4);
    return this.#view.getUint32(this.#take(4), this.#little);
  }

  /** A string or object path. */
  text(): string {
    return this.#textOf(this.u32());
  }

  signature(): string {
    return this.#textOf(this.byte());
  }

  /** A value of one basic type. */
  basic(type: string): Basic {
    if (type === 's' || type === 'o') return this.text();
    if (type === 'g') return this.signature();
    const size = SIZES[type];
    if (size === undefined) throw new WireError(`a value of type ${type}`);
    if (type === 'u' || type === 'b') return this.u32();
    if (type === 'i') return this.u32() | 0;
    this.align(size);
    const at = this.#take(size);
    return type === 'y' ? this.#view.getUint8(at) : 0;
  }

  #textOf(size: number): string {
    const at = this.#take(size);
    if (this.byte() !== 0) throw new WireError('a text without its end');
    const text = new TextDecoder().decode(this.#bytes.subarray(at, at + size));
    if (text.includes('\0')) throw new WireError('a text with NUL in it');
    return text;
  }

  #take(size: number): number {
    if (size > this.#end - this.#at) throw new WireError('a value that is longer than its message');
    const at = this.#at;
    this.#at += size;
    return at;
  }
}
