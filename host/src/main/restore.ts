/** `bhatti restore`: puts a backup in the store's place while no daemon runs. */
import { chmod, copyFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { openStore } from '../store/sqlite-store.ts';
import { lockDataDirectory } from './lock.ts';
import { machineIds, STORE_FILE } from './store-file.ts';

const BEFORE_FILE = 'bhatti.db.before-restore';
const NAMED_MAX = 5;

export interface Restored {
  readonly sandboxes: number;
  /** Names of those whose disks are not here any more. */
  readonly lost: readonly string[];
  /** Where the store of before lies. */
  readonly before: string;
}

function notBackup(from: string, why: string): BhattiError {
  const remedy = 'name a file that bhatti backup wrote';
  return new BhattiError('store.invalid', `cannot read the backup ${from}: ${why}`, { remedy });
}

/** The next daemon removes machines that its store does not know: never because of a restore. */
function refuse(strangers: readonly string[]): never {
  const more = strangers.length > NAMED_MAX ? ' ...' : '';
  const ids = `${strangers.slice(0, NAMED_MAX).join(', ')}${more}`;
  throw new BhattiError('store.invalid', `cannot restore the backup: it does not know the sandboxes ${ids}`, {
    remedy: 'destroy what was made since the backup, or restore with --drop, which removes them',
  });
}

/** @throws BhattiError daemon.running | store.invalid | store.newer; then the store is as it was */
export async function restore(dataDir: string, from: string, drop: boolean): Promise<Restored> {
  const held = lockDataDirectory(dataDir);
  const path = join(dataDir, STORE_FILE);
  const fresh = `${path}.restored`;
  try {
    await copyFile(resolve(from), fresh).catch((cause: Error) => {
      throw notBackup(from, cause.message);
    });
    await chmod(fresh, 0o600);
    // SQLite takes an empty file for an empty database.
    if ((await stat(fresh)).size === 0) throw notBackup(from, 'it is empty');
    const store = await openStore(fresh);
    const rows = await store.sandboxes.list().finally(() => store.close());
    const here = await machineIds(dataDir);
    const strangers = here.filter((id) => !rows.some((row) => row.id === id));
    if (strangers.length > 0 && !drop) refuse(strangers);
    const before = join(dataDir, BEFORE_FILE);
    await rename(path, before).catch(() => undefined);
    for (const rest of ['-wal', '-shm']) await rename(path + rest, before + rest).catch(() => undefined);
    await rename(fresh, path);
    return {
      sandboxes: rows.length,
      lost: rows.filter(({ id }) => !here.includes(id)).map(({ name }) => name),
      before,
    };
  } finally {
    for (const rest of ['', '-wal', '-shm']) await rm(fresh + rest, { force: true });
    held.release();
  }
}
