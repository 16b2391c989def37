import type { MigrationTarget } from '../migration-target.ts';

export async function up(db: MigrationTarget): Promise<void> {
  await db.schema
    .alterTable('sandboxes')
    .addColumn('thermal', 'text', (c) => c.notNull().defaultTo('{}'))
    .execute();
  await db.schema.alterTable('sandboxes').addColumn('due_ms', 'integer').execute();
}
