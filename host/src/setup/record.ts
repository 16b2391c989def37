/** What `bhatti setup` made here, so that `--remove` takes away that and nothing else. It lies in the data folder. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { recordPath } from './record-path.ts';

export const MADE = ['folder', 'cache', 'user', 'settings', 'service', 'key'] as const;
export type Made = (typeof MADE)[number];
export type Init = 'systemd' | 'script';

export interface SetupRecord {
  readonly init: Init;
  readonly made: readonly Made[];
}

/** @returns null where nothing was set up. @throws BhattiError host.setup-failed for one that cannot be read */
export function readRecord(dataDir: string): SetupRecord | null {
  const path = recordPath(dataDir);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw unreadable(path, error);
  }
  try {
    return parseRecord(text);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): BhattiError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BhattiError('host.setup-failed', `cannot read ${path}: ${why}`, {
    remedy: `remove ${path}, then: sudo bhatti setup`,
    cause,
  });
}

/** @throws Error when it is no record */
export function parseRecord(text: string): SetupRecord {
  const { init, made } = JSON.parse(text) as Record<string, unknown>;
  if (init !== 'systemd' && init !== 'script') throw new Error('it does not say which init the service is of');
  if (!Array.isArray(made)) throw new Error('it does not say what was made');
  return { init, made: MADE.filter((one) => made.includes(one)) };
}

export function writeRecord(dataDir: string, { init, made }: SetupRecord): void {
  const path = recordPath(dataDir);
  writeFileSync(`${path}.new`, `${JSON.stringify({ init, made })}\n`, { mode: 0o644 });
  renameSync(`${path}.new`, path);
}

export function withMade(record: SetupRecord, one: Made): SetupRecord {
  return { ...record, made: MADE.filter((known) => known === one || record.made.includes(known)) };
}

export function removeRecord(dataDir: string): void {
  rmSync(recordPath(dataDir), { force: true });
}
