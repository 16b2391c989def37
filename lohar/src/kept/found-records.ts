/** Records that the image of PID 1 before this one left: each is given out once. */
export class FoundRecords {
  readonly #records: Map<string, string>;

  constructor(records: ReadonlyMap<string, string> = new Map()) {
    this.#records = new Map(records);
  }

  take(prefix: string): Map<string, string> {
    const taken = new Map<string, string>();
    for (const [key, text] of this.#records) {
      if (!key.startsWith(prefix)) continue;
      this.#records.delete(key);
      taken.set(key.slice(prefix.length), text);
    }
    return taken;
  }

  takeOne(key: string): string | undefined {
    const text = this.#records.get(key);
    this.#records.delete(key);
    return text;
  }

  has(prefix: string): boolean {
    return [...this.#records.keys()].some((key) => key.startsWith(prefix));
  }
}
