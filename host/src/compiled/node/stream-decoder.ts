/** TextDecoder whose texts may be cut anywhere: what is not whole waits for its rest. */
const Whole = TextDecoder;

/** Bytes at the end that begin a character and do not end it. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

export class StreamDecoder {
  #rest = new Uint8Array(0);
  readonly #whole = new Whole();

  decode(bytes: Uint8Array = new Uint8Array(0), { stream = false } = {}): string {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const size = all.length - (stream ? unfinished(all) : 0);
    this.#rest = all.slice(size);
    return this.#whole.decode(all.subarray(0, size));
  }
}
