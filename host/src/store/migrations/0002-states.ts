import type { MigrationTarget } from '../migration-target.ts';

export async function up(db: MigrationTarget): Promise<void> {
  await db.schema.alterTable('sandboxes').addColumn('wake', 'text').execute();
}
