/** Stands in for Node's Buffer, as far as the client uses it. */
type Encoding = 'utf8' | 'latin1' | 'base64';

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

export class OwnBuffer extends Uint8Array<ArrayBuffer> {
  static alloc(size: number): OwnBuffer {
    return new OwnBuffer(new ArrayBuffer(size));
  }

  static allocUnsafe(size: number): OwnBuffer {
    return new OwnBuffer(new ArrayBuffer(size));
  }

  /** A copy of bytes, or a text as UTF-8. */
  static override from(source: string | ArrayLike<number> | Iterable<number>): OwnBuffer {
    const { buffer, byteOffset, length } =
      typeof source === 'string' ? encode(source) : new Uint8Array(source as ArrayLike<number>);
    return new OwnBuffer(buffer, byteOffset, length);
  }

  static concat(parts: readonly Uint8Array[]): OwnBuffer {
    const all = OwnBuffer.alloc(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  static byteLength(text: string): number {
    return encode(text).length;
  }

  /** `latin1` is for the heads of HTTP, where our daemon writes ASCII. */
  override toString(encoding: Encoding = 'utf8', from = 0, to = this.length): string {
    const bytes = this.subarray(from, to);
    return encoding === 'base64' ? bytes.toBase64() : new TextDecoder().decode(bytes);
  }

  override indexOf(wanted: string | number, from = 0): number {
    if (typeof wanted === 'number') return super.indexOf(wanted, from);
    const mark = encode(wanted);
    for (let at = super.indexOf(mark[0] ?? 0, from); at >= 0; at = super.indexOf(mark[0] ?? 0, at + 1))
      if (mark.every((byte, i) => this[at + i] === byte)) return at;
    return -1;
  }

  get #view(): DataView {
    return new DataView(this.buffer, this.byteOffset, this.length);
  }

  readUInt16BE(at: number): number {
    return this.#view.getUint16(at);
  }

  readBigUInt64BE(at: number): bigint {
    return this.#view.getBigUint64(at);
  }

  writeUInt16BE(value: number, at: number): void {
    this.#view.setUint16(at, value);
  }

  writeBigUInt64BE(value: bigint, at: number): void {
    this.#view.setBigUint64(at, value);
  }
}
