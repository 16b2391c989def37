/** For tests of what keeps state: records and descriptors of one image of PID 1, and the image after it. */
import type { Fd } from '@bhatti/runtime/sys.ts';
import { FoundRecords } from './found-records.ts';
import type { Kept } from './kept.ts';

export class MemoryKept implements Kept {
  readonly records = new Map<string, string>();
  readonly held = new Set<Fd>();
  readonly #found: FoundRecords;
  readonly #inherited: ReadonlySet<Fd>;

  constructor(before?: MemoryKept) {
    this.#found = new FoundRecords(before?.records);
    for (const [key, text] of before?.records ?? []) this.records.set(key, text);
    this.#inherited = new Set(before?.held);
  }

  take(prefix: string): Map<string, string> {
    return this.#found.take(prefix);
  }

  has(prefix: string): boolean {
    return this.#found.has(prefix);
  }

  takeOne(key: string): string | undefined {
    return this.#found.takeOne(key);
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
