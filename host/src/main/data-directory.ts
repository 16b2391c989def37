/** Where a daemon keeps what is its own, and where its clients find it. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { recordPath } from '../setup/record-path.ts';

/** Of a root daemon, and of the one that `bhatti setup` makes a service. */
export const SERVER_DIR = '/var/lib/bhatti';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly home: string;
  /** `bhatti setup` made this machine a server. */
  readonly server: boolean;
}

export function thisUser(): Surroundings {
  return {
    env: process.env,
    uid: process.getuid?.() ?? -1,
    home: homedir(),
    server: existsSync(recordPath(SERVER_DIR)),
  };
}

/** Precedence: --data-dir, BHATTI_DATA_DIR, the server's for root and on a server, else the XDG base directory specification. */
export function dataDirectory(flag: string | undefined, around: Surroundings): string {
  const { BHATTI_DATA_DIR: named, XDG_DATA_HOME: xdg } = around.env;
  if (flag !== undefined && flag !== '') return resolve(flag);
  if (named !== undefined && named !== '') return resolve(named);
  if (around.uid === 0 || around.server) return SERVER_DIR;
  // The specification tells to ignore relative paths.
  const base = xdg?.startsWith('/') ? xdg : join(around.home, '.local/share');
  return join(base, 'bhatti');
}

/** Downloads and layers: BHATTI_CACHE_DIR, else the XDG base directory specification. */
export function cacheDirectory(around: Surroundings): string {
  const { BHATTI_CACHE_DIR: named, XDG_CACHE_HOME: xdg } = around.env;
  if (named !== undefined && named !== '') return resolve(named);
  return join(xdg?.startsWith('/') ? xdg : join(around.home, '.cache'), 'bhatti');
}

export function socketPath(dataDir: string): string {
  return join(dataDir, 'api.sock');
}
