/** The store beside the machines that it knows. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';

export const STORE_FILE = 'bhatti.db';

const machinesOf = (dataDir: string): string => join(dataDir, 'engine/vms');

/** Ids of the sandboxes whose disks are here. */
export async function machineIds(dataDir: string): Promise<readonly string[]> {
  return readdir(machinesOf(dataDir)).catch(() => []);
}

/**
 * A daemon removes machines that its store does not know: it must not begin with a new store beside them.
 * @returns path of the store @throws BhattiError store.invalid
 */
export async function storeFile(dataDir: string): Promise<string> {
  const path = join(dataDir, STORE_FILE);
  const bytes = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  const { length } = bytes > 0 ? [] : await machineIds(dataDir);
  if (length === 0) return path;
  throw new BhattiError('store.invalid', `cannot find the store ${path}, which knows the ${length} sandboxes here`, {
    remedy: `bhatti restore FILE puts a backup in its place; to give the sandboxes up, remove ${machinesOf(dataDir)}`,
  });
}
