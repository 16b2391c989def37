/** A copy of the store, consistent while in use. Disks and memory of sandboxes are not in it. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from './context.ts';

/** @yields the bytes of an SQLite database, which `bhatti restore` takes */
export async function* backupStore(context: Context): AsyncGenerator<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'bhatti-backup-'));
  try {
    const copy = join(folder, 'store');
    await context.store.copyTo(copy);
    await using file = await open(copy, 'r');
    yield* file.createReadStream({ autoClose: false });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
