import type { Store } from '../ports/store.ts';
import { SqliteKeyTable } from './api-keys.ts';
import { openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { SqliteSandboxTable } from './sandboxes.ts';
import type { Schema } from './schema.ts';

/**
 * Opens the store, making or migrating the file.
 * @throws BhattiError store.invalid | store.newer
 */
export async function openStore(path: string): Promise<Store> {
  const { db, copyTo } = openDatabase<Schema>(path);
  try {
    await migrate(db, path);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    sandboxes: new SqliteSandboxTable(db),
    keys: new SqliteKeyTable(db),
    copyTo,
    close: () => db.destroy(),
  };
}
