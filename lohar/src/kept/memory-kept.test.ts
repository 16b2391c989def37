/** For tests of what keeps state: records and descriptors of one image of PID 1, and the image after it. */
import type { Fd } from '@bhatti/runtime/sys.ts';
import type { Kept } from './kept.ts';

export class MemoryKept implements Kept {
  readonly records = new Map<string, string>();
  readonly held = new Set<Fd>();
  readonly #found: Map<string, string>;
  readonly #inherited: ReadonlySet<Fd>;

  constructor(before?: MemoryKept) {
    this.#found = new Map(before?.records);
    for (const [key, text] of this.#found) this.records.set(key, text);
    this.#inherited = new Set(before?.held);
  }

  take(prefix: string): Map<string, string> {
    const taken = [...this.#found].filter(([key]) => key.startsWith(prefix));
    for (const [key] of taken) this.#found.delete(key);
    return new Map(taken.map(([key, text]) => [key.slice(prefix.length), text]));
  }

  has(prefix: string): boolean {
    return [...this.#found.keys()].some((key) => key.startsWith(prefix));
  }

  takeOne(key: string): string | undefined {
    const text = this.#found.get(key);
    this.#found.delete(key);
    return text;
  }

  put(key: string, text: string): boolean {
    this.records.set(key, text);
    return true;
  }

  remove(key: string): void {
    this.records.delete(key);
  }

  holdOpen(fd: Fd): void {
    this.held.add(fd);
  }

  letGo(fd: Fd): void {
    this.held.delete(fd);
  }

  isInherited(fd: Fd): boolean {
    return this.#inherited.has(fd);
  }
}
