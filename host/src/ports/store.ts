/** What the daemon must not forget. */
import type { ListedSandbox, Sandbox, SandboxChange } from '../core/sandbox.ts';

export interface SandboxTable {
  /** @throws BhattiError name.taken */
  insert(sandbox: Sandbox): Promise<void>;
  /** Oldest first. */
  list(): Promise<readonly ListedSandbox[]>;
  find(id: string): Promise<Sandbox | undefined>;
  /** Those that somebody may mean: of this name, this id, or an id that begins so; as many as tell that it is ambiguous. */
  like(reference: string): Promise<readonly Sandbox[]>;
  /** Resolves to the sandbox as it is then, or undefined when there is none. @throws BhattiError name.taken */
  update(id: string, change: SandboxChange, nowMs: number): Promise<Sandbox | undefined>;
  remove(id: string): Promise<void>;
}

export interface ApiKey {
  /** First 8 hex digits of the key: public, tells keys apart. */
  readonly id: string;
  readonly name: string;
  /** sha256 of the whole key, hex. A key has 256 random bits, so no slow hash is needed. */
  readonly hash: string;
  readonly createdMs: number;
  readonly usedMs?: number;
}

export interface KeyTable {
  /** @throws BhattiError name.taken */
  insert(key: ApiKey): Promise<void>;
  list(): Promise<readonly ApiKey[]>;
  find(id: string): Promise<ApiKey | undefined>;
  used(id: string, nowMs: number): Promise<void>;
  /** False when there was none. */
  remove(id: string): Promise<boolean>;
}

export interface Store {
  readonly sandboxes: SandboxTable;
  readonly keys: KeyTable;
  /** Writes all of it into a file, as it is at one instant. @throws Error when that file cannot be written */
  copyTo(path: string): Promise<void>;
  close(): Promise<void>;
}
