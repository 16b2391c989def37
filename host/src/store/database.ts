/** node:sqlite behind the face of better-sqlite3 that kysely's own dialect asks for. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/** A second process (a backup, a curious sqlite3) may hold the file this long before we fail. */
const BUSY_TIMEOUT_MS = 5000;

function open(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (path !== ':memory:' && !existsSync(path)) closeSync(openSync(path, 'a', 0o600)); // SQLite gives its other files the same mode
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    database.exec('pragma synchronous = normal');
    const check = String(Object.values(database.prepare('pragma quick_check(1)').get() ?? {})[0]);
    if (check !== 'ok') throw new Error(check);
    return database;
  } catch (cause) {
    database?.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BhattiError('store.invalid', `cannot open the store ${path}: ${why}`, {
      remedy: 'put back a backup: bhatti restore FILE',
      cause,
    });
  }
}

class Statement implements SqliteStatement {
  readonly reader: boolean;
  readonly #statement: ReturnType<DatabaseSync['prepare']>;

  constructor(statement: ReturnType<DatabaseSync['prepare']>) {
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
  }
  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...(parameters as SQLInputValue[]));
  }
  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...(parameters as SQLInputValue[]));
  }
  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.#statement.iterate(...(parameters as SQLInputValue[]));
  }
}

export interface Database<S> {
  readonly db: Kysely<S>;
  /** Writes a copy as it is at one instant, also while others write. */
  copyTo(path: string): Promise<void>;
}

/** @throws BhattiError store.invalid */
export function openDatabase<S>(path: string): Database<S> {
  const database = open(path);
  const face: SqliteDatabase = {
    close: () => database.close(),
    prepare: (text) => new Statement(database.prepare(text)),
  };
  return {
    db: new Kysely<S>({ dialect: new SqliteDialect({ database: face }) }),
    copyTo: async (copy) => {
      closeSync(openSync(copy, 'w', 0o600)); // it holds what the store holds
      database.prepare('vacuum into ?').run(copy); // one read transaction; it takes milliseconds
    },
  };
}
