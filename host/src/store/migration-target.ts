import type { QueryExecutorProvider, SchemaModule } from 'kysely';

/** What a migration may use: it knows the tables of its own time, never today's schema.ts. */
export interface MigrationTarget extends QueryExecutorProvider {
  readonly schema: SchemaModule;
}
