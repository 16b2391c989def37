import { BhattiError } from '@bhatti/wire/errors.ts';
import { type Kysely, type QueryExecutorProvider, sql } from 'kysely';
import type { MigrationTarget } from './migration-target.ts';
import { up as sandboxesAndKeys } from './migrations/0001-sandboxes-and-keys.ts';
import { up as states } from './migrations/0002-states.ts';
import { up as thermal } from './migrations/0003-thermal.ts';

type Migration = (db: MigrationTarget) => Promise<void>;

/** Oldest first; never change one that was released. */
const MIGRATIONS: readonly Migration[] = [sandboxesAndKeys, states, thermal];

/** `PRAGMA application_id` of our files ("bhti"): tells them from any other SQLite database. */
const APPLICATION_ID = 0x62687469;

async function pragma(db: QueryExecutorProvider, name: 'application_id' | 'user_version'): Promise<number> {
  const { rows } = await sql<Record<string, number>>`pragma ${sql.raw(name)}`.execute(db);
  return rows[0]?.[name] ?? 0;
}

async function tableCount(db: QueryExecutorProvider): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from sqlite_master`.execute(db);
  return rows[0]?.n ?? 0;
}

/**
 * Brings the file to this program's version, each step in a transaction of its own.
 * @throws BhattiError store.invalid | store.newer
 */
export async function migrate<S>(db: Kysely<S>, path: string): Promise<void> {
  const version = await pragma(db, 'user_version');
  const application = await pragma(db, 'application_id');
  if (application !== APPLICATION_ID && (version !== 0 || (await tableCount(db)) > 0)) {
    throw new BhattiError('store.invalid', `cannot open the store ${path}: it is another program's database`, {
      remedy: 'move it away, or choose another folder with --data-dir',
    });
  }
  if (version > MIGRATIONS.length) {
    throw new BhattiError(
      'store.newer',
      `cannot open the store ${path}: a newer bhatti wrote it (version ${version}, this one knows ${MIGRATIONS.length})`,
      { remedy: 'use the newer bhatti, or choose another folder with --data-dir' },
    );
  }
  await sql`pragma journal_mode = wal`.execute(db); // only now: it writes to the file, which is surely ours
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue;
    await db.transaction().execute(async (transaction) => {
      await step(transaction);
      await sql`pragma application_id = ${sql.raw(String(APPLICATION_ID))}`.execute(transaction);
      await sql`pragma user_version = ${sql.raw(String(index + 1))}`.execute(transaction);
    });
  }
}
