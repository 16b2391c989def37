import { mebibytes } from '@bhatti/wire/units.ts';
import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { ListedSandbox, Sandbox, SandboxChange, SandboxState, WantedState } from '../core/sandbox.ts';
import type { SandboxTable } from '../ports/store.ts';
import type { SandboxRow, Schema } from './schema.ts';
import { withUniqueName } from './unique.ts';

function toRow(sandbox: Sandbox): Insertable<SandboxRow> {
  return {
    id: sandbox.id,
    name: sandbox.name,
    image: sandbox.image,
    cpus: sandbox.cpus,
    memory_mib: sandbox.memoryMib,
    disk_mib: sandbox.diskMib,
    env: JSON.stringify(sandbox.env),
    labels: JSON.stringify(sandbox.labels),
    init: sandbox.init ?? null,
    wanted: sandbox.wanted,
    state: sandbox.state,
    reason: sandbox.reason ?? null,
    report: sandbox.report === undefined ? null : JSON.stringify(sandbox.report),
    wake: sandbox.wake === undefined ? null : JSON.stringify(sandbox.wake),
    thermal: JSON.stringify(sandbox.thermal),
    due_ms: sandbox.dueMs ?? null,
    created_ms: sandbox.createdMs,
    changed_ms: sandbox.changedMs,
  };
}

const LISTED = [
  ...(['id', 'name', 'image', 'cpus', 'memory_mib', 'disk_mib', 'labels'] as const),
  ...(['wanted', 'state', 'reason', 'created_ms', 'changed_ms'] as const),
] as const;

/** Only this file writes these rows, so what is read back is what was checked on the way in. */
function listedFromRow(row: Pick<Selectable<SandboxRow>, (typeof LISTED)[number]>): ListedSandbox {
  return {
    id: row.id,
    name: row.name,
    image: row.image,
    cpus: row.cpus,
    memoryMib: mebibytes(row.memory_mib),
    diskMib: mebibytes(row.disk_mib),
    labels: JSON.parse(row.labels),
    wanted: row.wanted as WantedState,
    state: row.state as SandboxState,
    ...(row.reason === null ? {} : { reason: row.reason }),
    createdMs: row.created_ms,
    changedMs: row.changed_ms,
  };
}

function fromRow(row: Selectable<SandboxRow>): Sandbox {
  return {
    ...listedFromRow(row),
    env: JSON.parse(row.env),
    ...(row.init === null ? {} : { init: row.init }),
    ...(row.report === null ? {} : { report: JSON.parse(row.report) }),
    ...(row.wake === null ? {} : { wake: JSON.parse(row.wake) }),
    thermal: JSON.parse(row.thermal),
    ...(row.due_ms === null ? {} : { dueMs: row.due_ms }),
  };
}

function toUpdate(change: SandboxChange, nowMs: number): Updateable<SandboxRow> {
  return {
    changed_ms: nowMs,
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.labels === undefined ? {} : { labels: JSON.stringify(change.labels) }),
    ...(change.wanted === undefined ? {} : { wanted: change.wanted }),
    ...(change.state === undefined ? {} : { state: change.state }),
    ...(change.reason === undefined ? {} : { reason: change.reason }),
    ...(change.report === undefined ? {} : { report: JSON.stringify(change.report) }),
    ...(change.wake === undefined ? {} : { wake: JSON.stringify(change.wake) }),
    ...(change.thermal === undefined ? {} : { thermal: JSON.stringify(change.thermal) }),
    ...(change.dueMs === undefined ? {} : { due_ms: change.dueMs }),
  };
}

function taken(name: string): { message: string; remedy: string } {
  return {
    message: `cannot name a sandbox ${name}: there is one of that name`,
    remedy: `bhatti destroy ${name}, or choose another name`,
  };
}

const ID_PREFIX = /^[0-9a-f]{1,16}$/;
/** More than an error names. */
const LIKE_MAX = 8;

export class SqliteSandboxTable implements SandboxTable {
  readonly #db: Kysely<Schema>;
  /** Until a row changes, which only this class does: reading a hundred takes longer than all else of a reply. */
  #listed: Promise<readonly ListedSandbox[]> | null = null;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async insert(sandbox: Sandbox): Promise<void> {
    await withUniqueName(taken(sandbox.name), () => this.#db.insertInto('sandboxes').values(toRow(sandbox)).execute());
    this.#listed = null;
  }

  list(): Promise<readonly ListedSandbox[]> {
    if (this.#listed === null) {
      this.#listed = this.#readListed();
      this.#listed.catch(() => {
        this.#listed = null;
      });
    }
    return this.#listed;
  }

  async #readListed(): Promise<readonly ListedSandbox[]> {
    const rows = await this.#db.selectFrom('sandboxes').select(LISTED).orderBy('created_ms').orderBy('id').execute();
    return rows.map(listedFromRow);
  }

  async find(id: string): Promise<Sandbox | undefined> {
    const row = await this.#db.selectFrom('sandboxes').selectAll().where('id', '=', id).executeTakeFirst();
    return row && fromRow(row);
  }

  async like(reference: string): Promise<readonly Sandbox[]> {
    const named = this.#db.selectFrom('sandboxes').selectAll();
    const rows = ID_PREFIX.test(reference)
      ? named.where((is) => is.or([is('name', '=', reference), is('id', 'like', `${reference}%`)])).limit(LIKE_MAX)
      : named.where('name', '=', reference);
    // The name wins, however many ids are like it.
    return (
      await rows
        .orderBy((is) => is('name', '=', reference), 'desc')
        .orderBy('created_ms')
        .execute()
    ).map(fromRow);
  }

  async update(id: string, change: SandboxChange, nowMs: number): Promise<Sandbox | undefined> {
    const row = await withUniqueName(taken(change.name ?? ''), () =>
      this.#db
        .updateTable('sandboxes')
        .set(toUpdate(change, nowMs))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst(),
    );
    this.#listed = null;
    return row && fromRow(row);
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('sandboxes').where('id', '=', id).execute();
    this.#listed = null;
  }
}
