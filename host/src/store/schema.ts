/** Tables as kysely sees them; migrations/ makes them. */
import type { ColumnType } from 'kysely';

type Fixed<T> = ColumnType<T, T, never>;

export interface SandboxRow {
  id: Fixed<string>;
  name: string;
  image: Fixed<string>;
  cpus: number;
  memory_mib: number;
  disk_mib: number;
  /** JSON object. */
  env: string;
  /** JSON object. */
  labels: string;
  init: string | null;
  wanted: string;
  state: string;
  reason: string | null;
  /** JSON of a VmReport. */
  report: string | null;
  /** JSON of a WakeReport. */
  wake: string | null;
  /** JSON of a ThermalChoice. */
  thermal: string;
  due_ms: number | null;
  created_ms: Fixed<number>;
  changed_ms: number;
}

export interface ApiKeyRow {
  id: Fixed<string>;
  name: Fixed<string>;
  hash: Fixed<string>;
  created_ms: Fixed<number>;
  used_ms: number | null;
}

export interface Schema {
  sandboxes: SandboxRow;
  api_keys: ApiKeyRow;
}
