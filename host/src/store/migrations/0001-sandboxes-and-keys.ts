import { sql } from 'kysely';
import type { MigrationTarget } from '../migration-target.ts';

export async function up(db: MigrationTarget): Promise<void> {
  await db.schema
    .createTable('sandboxes')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('image', 'text', (c) => c.notNull())
    .addColumn('cpus', 'integer', (c) => c.notNull())
    .addColumn('memory_mib', 'integer', (c) => c.notNull())
    .addColumn('disk_mib', 'integer', (c) => c.notNull())
    .addColumn('env', 'text', (c) => c.notNull())
    .addColumn('labels', 'text', (c) => c.notNull())
    .addColumn('init', 'text')
    .addColumn('wanted', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('report', 'text')
    .addColumn('created_ms', 'integer', (c) => c.notNull())
    .addColumn('changed_ms', 'integer', (c) => c.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema
    .createTable('api_keys')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('created_ms', 'integer', (c) => c.notNull())
    .addColumn('used_ms', 'integer')
    .modifyEnd(sql`strict`)
    .execute();
}
