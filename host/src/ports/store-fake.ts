/** A store in memory, for tests; it passes store-contract.ts as the real one does. */
import { writeFile } from 'node:fs/promises';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { type ListedSandbox, listed, type Sandbox, type SandboxChange } from '../core/sandbox.ts';
import type { ApiKey, KeyTable, SandboxTable, Store } from './store.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

function refuseTaken(rows: ReadonlyMap<string, Named>, { id, name }: Named): void {
  if (![...rows.values()].some((row) => row.name === name && row.id !== id)) return;
  throw new BhattiError('name.taken', `cannot use the name ${name}: it is taken`, { remedy: 'choose another name' });
}

class FakeSandboxTable implements SandboxTable {
  readonly #rows = new Map<string, Sandbox>();

  async insert(sandbox: Sandbox): Promise<void> {
    refuseTaken(this.#rows, sandbox);
    this.#rows.set(sandbox.id, sandbox);
  }
  async list(): Promise<readonly ListedSandbox[]> {
    return [...this.#rows.values()].map(listed);
  }
  async find(id: string): Promise<Sandbox | undefined> {
    return this.#rows.get(id);
  }
  async like(reference: string): Promise<readonly Sandbox[]> {
    return [...this.#rows.values()].filter(
      ({ id, name }) => name === reference || (reference !== '' && id.startsWith(reference)),
    );
  }
  async update(id: string, { reason, dueMs, ...change }: SandboxChange, nowMs: number): Promise<Sandbox | undefined> {
    const row = this.#rows.get(id);
    if (row === undefined) return undefined;
    const { reason: why, dueMs: due, ...rest } = { ...row, ...change };
    const after = { reason: reason === undefined ? why : reason, dueMs: dueMs === undefined ? due : dueMs };
    const changed = {
      ...{ ...rest, changedMs: nowMs },
      ...(after.reason == null ? {} : { reason: after.reason }),
      ...(after.dueMs == null ? {} : { dueMs: after.dueMs }),
    };
    refuseTaken(this.#rows, changed);
    this.#rows.set(id, changed);
    return changed;
  }
  async remove(id: string): Promise<void> {
    this.#rows.delete(id);
  }
}

class FakeKeyTable implements KeyTable {
  readonly #rows = new Map<string, ApiKey>();

  async insert(key: ApiKey): Promise<void> {
    refuseTaken(this.#rows, key);
    this.#rows.set(key.id, key);
  }
  async list(): Promise<readonly ApiKey[]> {
    return [...this.#rows.values()];
  }
  async find(id: string): Promise<ApiKey | undefined> {
    return this.#rows.get(id);
  }
  async used(id: string, nowMs: number): Promise<void> {
    const row = this.#rows.get(id);
    if (row !== undefined) this.#rows.set(id, { ...row, usedMs: nowMs });
  }
  async remove(id: string): Promise<boolean> {
    return this.#rows.delete(id);
  }
}

export function fakeStore(): Store {
  return {
    sandboxes: new FakeSandboxTable(),
    keys: new FakeKeyTable(),
    copyTo: (path) => writeFile(path, 'a store'),
    close: async () => {},
  };
}
