/** One daemon a data directory. */
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BhattiError } from '@bhatti/wire/errors.ts';

export interface Lock {
  release(): void;
}

/** Node has no flock(2), SQLite has: an open exclusive transaction is a lock that the kernel takes away with the process. */
function take(dataDir: string): DatabaseSync {
  const file = join(dataDir, 'daemon.lock');
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('pragma journal_mode = off; begin exclusive');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const pidFile = (dataDir: string): string => join(dataDir, 'daemon.pid');

/**
 * Takes the data directory for this process.
 * @throws BhattiError daemon.running when another daemon has it
 */
export function lockDataDirectory(dataDir: string): Lock {
  let database: DatabaseSync;
  try {
    database = take(dataDir);
  } catch (cause) {
    const pid = writtenPid(dataDir);
    const who = pid === null ? '' : ` (pid ${pid})`;
    throw new BhattiError('daemon.running', `cannot serve ${dataDir}: another daemon does${who}`, {
      remedy: 'use that one, end it, or choose another folder with --data-dir',
      cause,
    });
  }
  writeFileSync(pidFile(dataDir), `${process.pid}\n`, { mode: 0o600 });
  return { release: () => database.close() };
}

/** @returns the process that serves the folder; null when none does */
export function daemonOf(dataDir: string): number | null {
  try {
    take(dataDir).close();
    return null;
  } catch {
    return writtenPid(dataDir);
  }
}

function writtenPid(dataDir: string): number | null {
  try {
    const pid = Number(readFileSync(pidFile(dataDir), 'utf8'));
    return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}
