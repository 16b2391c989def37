/** SetCredential= and LoadCredential=: secrets as files that only the service can read. Facts: systemd.exec(5), "Credentials". */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { Settings } from '../../unit/directive/tables.ts';
import { removeTree } from './directories.ts';
import { StepFailed } from './step-failed.ts';

type CredentialSys = Pick<
  Sys,
  | 'mkdir'
  | 'chmod'
  | 'chown'
  | 'lstat'
  | 'readdir'
  | 'unlink'
  | 'rmdir'
  | 'symlink'
  | 'readFile'
  | 'writeFile'
  | 'encode'
>;

const EXIT_CREDENTIALS = 243;
const BASE = '/run/credentials';
/** Of one secret (systemd.exec(5): 1 MiB for all). */
const SIZE_MAX = 1024 * 1024;
/** Where a name without a path is looked for. */
const STORES = ['/run/credentials/@system', '/etc/credstore', '/run/credstore', '/usr/lib/credstore'];

export function hasCredentials(settings: Settings): boolean {
  return settings.SetCredential.length > 0 || settings.LoadCredential.length > 0;
}

/** @throws StepFailed 243 */
export function writeCredentials(
  sys: CredentialSys,
  unitId: string,
  settings: Settings,
  owner: { uid: number; gid: number },
): void {
  const folder = `${BASE}/${unitId}`;
  try {
    makeFolder(sys, BASE, 0o755);
    removeTree(sys, folder);
    makeFolder(sys, folder, 0o700);
    for (const [name, content] of contents(sys, settings)) {
      sys.writeFile(`${folder}/${name}`, content, { mode: 0o400 });
      sys.chown(`${folder}/${name}`, owner.uid, owner.gid);
    }
    sys.chown(folder, owner.uid, owner.gid);
    sys.chmod(folder, 0o500);
  } catch (error) {
    throw StepFailed.from(EXIT_CREDENTIALS, 'Failed to set up credentials', error);
  }
}

export function removeCredentials(sys: CredentialSys, unitId: string): void {
  removeTree(sys, `${BASE}/${unitId}`);
}

/** A loaded secret wins over one that is set; one that is missing is left out when there is one that is set. */
function contents(sys: CredentialSys, settings: Settings): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>(
    settings.SetCredential.map(({ name, value }) => [name, sys.encode(value)] as const),
  );
  for (const { name, value } of settings.LoadCredential) {
    const paths = value.startsWith('/') ? [value] : STORES.map((store) => `${store}/${value}`);
    const content = firstReadable(sys, paths);
    if (content !== null) found.set(name, content);
    else if (!found.has(name) && value.startsWith('/'))
      throw new StepFailed(EXIT_CREDENTIALS, 'Failed to set up credentials: Protocol error');
  }
  return found;
}

function firstReadable(sys: CredentialSys, paths: readonly string[]): Uint8Array | null {
  for (const path of paths) {
    try {
      return sys.readFile(path, SIZE_MAX);
    } catch (error) {
      if (!(error instanceof SysError && error.code === 'ENOENT')) throw error;
    }
  }
  return null;
}

function makeFolder(sys: CredentialSys, path: string, mode: number): void {
  try {
    sys.mkdir(path, mode);
  } catch (error) {
    if (!(error instanceof SysError && error.code === 'EEXIST')) throw error;
  }
}
