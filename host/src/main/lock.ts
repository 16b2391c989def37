/** One daemon a data directory. */
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BhattiError } from '@bhatti/wire/errors.ts';

export interface Lock {
  release(): void;
}

/**
 * Takes the data directory for this process. Node has no flock(2), SQLite has: an open exclusive transaction is a lock
 * that the kernel takes away when the process dies, however it dies.
 * @throws BhattiError daemon.running when another daemon has it
 */
export function lockDataDirectory(dataDir: string): Lock {
  const pidFile = join(dataDir, 'daemon.pid');
  const file = join(dataDir, 'daemon.lock');
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('pragma journal_mode = off; begin exclusive');
  } catch (cause) {
    database.close();
    throw new BhattiError('daemon.running', `cannot serve ${dataDir}: another daemon does${who(pidFile)}`, {
      remedy: 'use that one, end it, or choose another folder with --data-dir',
      cause,
    });
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return { release: () => database.close() };
}

function who(pidFile: string): string {
  try {
    return ` (pid ${readFileSync(pidFile, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
