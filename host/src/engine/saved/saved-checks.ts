/** Reads what was saved of machines, one after the other, when nobody waits for it: sums it first, compares it later. */
import { openMemory } from './memory-file.ts';
import { differenceOf, readSums, sumMemory, writeSums } from './memory-sums.ts';
import { readManifest } from './saved-state.ts';

export class SavedChecks {
  /** Folder of a state -> its check, that waits or runs. */
  readonly #running = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();
  #last: Promise<void> = Promise.resolve();

  /** To be checked when those before it are. @param next what is done when it is */
  begin(saved: string, next: (signal: AbortSignal) => Promise<void> = async () => undefined): void {
    const stop = new AbortController();
    const done = this.#last
      .then(() => checkSaved(saved, stop.signal))
      .then(() => next(stop.signal))
      .catch(() => undefined); // it went on, or is gone
    this.#last = done;
    this.#running.set(saved, { stop, done });
    done.then(() => {
      if (this.#running.get(saved)?.stop === stop) this.#running.delete(saved);
    });
  }

  /** Nothing of the folder is read any more. */
  async end(saved: string): Promise<void> {
    const check = this.#running.get(saved);
    check?.stop.abort();
    await check?.done;
  }

  /** Resolves when it is checked as a whole. @throws Error when it cannot be read */
  async now(saved: string, signal: AbortSignal): Promise<void> {
    await this.end(saved);
    await checkSaved(saved, signal);
  }
}

/** What it finds stands in the sums, for whoever wants to go on from it. */
async function checkSaved(saved: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { chunks } = await readManifest(saved);
  const before = await readSums(saved).catch(() => ({ sums: [] }));
  await using memory = await openMemory(saved);
  const sums = await sumMemory(memory, chunks, signal);
  const fault = before === null ? null : differenceOf(chunks, before.sums, sums);
  if (before === null) await writeSums(saved, { sums });
  else if (fault !== null) await writeSums(saved, { ...before, fault });
}
