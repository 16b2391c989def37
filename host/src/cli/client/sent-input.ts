/** What was sent of standard input, so that what was lost on its way can be sent again: the newest bytes are kept. */

/** More than can be on its way: sockets, the daemon and the guest hold less than a megabyte of a stream together. */
const KEPT_SIZE = 4 * 1024 * 1024;

export class SentInput {
  #parts: Uint8Array[] = [];
  /** Number of the first byte that is kept. */
  #start = 0;
  #end = 0;

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#end += bytes.length;
    while (this.#end - this.#start - (this.#parts[0]?.length ?? 0) >= KEPT_SIZE)
      this.#start += this.#parts.shift()?.length ?? 0;
  }

  /** All from byte `number` on. @returns null when they are not kept any more, or were never sent */
  since(number: number): readonly Uint8Array[] | null {
    if (number < this.#start || number > this.#end) return null;
    let skip = number - this.#start;
    return this.#parts.flatMap((part) => {
      const rest = part.subarray(Math.min(skip, part.length));
      skip -= part.length - rest.length;
      return rest.length > 0 ? [rest] : [];
    });
  }
}
