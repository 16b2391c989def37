import type { Kysely, Selectable } from 'kysely';
import type { ApiKey, KeyTable } from '../ports/store.ts';
import type { ApiKeyRow, Schema } from './schema.ts';
import { withUniqueName } from './unique.ts';

function fromRow(row: Selectable<ApiKeyRow>): ApiKey {
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    createdMs: row.created_ms,
    ...(row.used_ms === null ? {} : { usedMs: row.used_ms }),
  };
}

export class SqliteKeyTable implements KeyTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async insert(key: ApiKey): Promise<void> {
    const taken = {
      message: `cannot make an API key named ${key.name}: there is one of that name`,
      remedy: `bhatti key delete ${key.name}, or choose another name`,
    };
    const row = { id: key.id, name: key.name, hash: key.hash, created_ms: key.createdMs, used_ms: null };
    await withUniqueName(taken, () => this.#db.insertInto('api_keys').values(row).execute());
  }

  async list(): Promise<readonly ApiKey[]> {
    const rows = await this.#db.selectFrom('api_keys').selectAll().orderBy('created_ms').execute();
    return rows.map(fromRow);
  }

  async find(id: string): Promise<ApiKey | undefined> {
    const row = await this.#db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
    return row && fromRow(row);
  }

  async used(id: string, nowMs: number): Promise<void> {
    await this.#db.updateTable('api_keys').set({ used_ms: nowMs }).where('id', '=', id).execute();
  }

  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db.deleteFrom('api_keys').where('id', '=', id).executeTakeFirst();
    return numDeletedRows > 0n;
  }
}
