/** RuntimeDirectory= and its kin: made before the command runs, told to it by variables. Facts: systemd.exec(5), "Sandboxing". */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { OwnDirectory } from '../../unit/directive/exec-readers.ts';
import type { Settings } from '../../unit/directive/tables.ts';
import { StepFailed } from './step-failed.ts';

type DirectorySys = Pick<
  Sys,
  'mkdir' | 'chmod' | 'chown' | 'lstat' | 'stat' | 'symlink' | 'readdir' | 'unlink' | 'rmdir'
>;
type TreeSys = Omit<DirectorySys, 'stat'>;

type Kind = 'RuntimeDirectory' | 'StateDirectory' | 'CacheDirectory' | 'LogsDirectory' | 'ConfigurationDirectory';

const KINDS: readonly (readonly [kind: Kind, base: string, variable: string, exit: number])[] = [
  ['RuntimeDirectory', '/run', 'RUNTIME_DIRECTORY', 233],
  ['StateDirectory', '/var/lib', 'STATE_DIRECTORY', 238],
  ['CacheDirectory', '/var/cache', 'CACHE_DIRECTORY', 239],
  ['LogsDirectory', '/var/log', 'LOGS_DIRECTORY', 240],
  ['ConfigurationDirectory', '/etc', 'CONFIGURATION_DIRECTORY', 241],
];
/** Entries that are removed of a runtime directory; the rest stays, with nothing lost but space. */
const REMOVE_MAX = 100_000;
const DEPTH_MAX = 64;
const ENOTDIR = 20;

/** `RUNTIME_DIRECTORY=/run/x:/run/y` for each kind that is used. */
export function directoryVariables(settings: Settings): string[] {
  return KINDS.flatMap(([kind, base, variable]) => {
    const paths = settings[kind].map((one) => `${base}/${one.path}`);
    return paths.length === 0 ? [] : [`${variable}=${paths.join(':')}`];
  });
}

/** Makes what is missing and gives all of it to the user. @throws StepFailed 233, 238 to 241 */
export function makeDirectories(sys: DirectorySys, settings: Settings, owner: { uid: number; gid: number }): void {
  for (const [kind, base, , exit] of KINDS)
    for (const directory of settings[kind]) {
      try {
        makeOne(sys, base, directory, settings[`${kind}Mode`], { owner, keep: kind === 'ConfigurationDirectory' });
      } catch (error) {
        throw StepFailed.from(exit, `Failed to set up special execution directory in ${base}`, error);
      }
    }
}

function makeOne(
  sys: DirectorySys,
  base: string,
  directory: OwnDirectory,
  mode: number,
  { owner, keep }: { owner: { uid: number; gid: number }; keep: boolean },
): void {
  const path = `${base}/${directory.path}`;
  let at = base;
  let made = false;
  for (const part of directory.path.split('/')) {
    at += `/${part}`;
    made = makeFolder(sys, at);
  }
  sys.chmod(path, mode);
  // Configuration that an administrator made stays his, whoever the service runs as.
  if (made || !keep) giveTo(sys, path, owner);
  if (directory.link !== '') link(sys, base, directory);
}

/** @returns false when it was there */
function makeFolder(sys: DirectorySys, path: string): boolean {
  try {
    sys.mkdir(path, 0o755);
    return true;
  } catch (error) {
    if (!(error instanceof SysError && error.code === 'EEXIST')) throw error;
    if (sys.stat(path).type !== 'directory') throw new SysError('mkdir', ENOTDIR, 'ENOTDIR');
    return false;
  }
}

/** What lies inside is given away as well when the folder had another owner. */
function giveTo(sys: DirectorySys, path: string, owner: { uid: number; gid: number }): void {
  const stat = sys.lstat(path);
  if (stat.uid === owner.uid && stat.gid === owner.gid) return;
  chownBelow(sys, path, owner, { left: REMOVE_MAX }, 0);
}

function chownBelow(
  sys: DirectorySys,
  path: string,
  owner: { uid: number; gid: number },
  budget: { left: number },
  depth: number,
): void {
  sys.chown(path, owner.uid, owner.gid);
  if (depth >= DEPTH_MAX || sys.lstat(path).type !== 'directory') return;
  for (const entry of sys.readdir(path, budget.left)) {
    if (--budget.left <= 0) return;
    chownBelow(sys, `${path}/${entry.name}`, owner, budget, depth + 1);
  }
}

function link(sys: DirectorySys, base: string, directory: OwnDirectory): void {
  const parents = directory.link.split('/').slice(0, -1);
  for (const index of parents.keys()) makeFolder(sys, `${base}/${parents.slice(0, index + 1).join('/')}`);
  try {
    sys.symlink('../'.repeat(parents.length) + directory.path, `${base}/${directory.link}`);
  } catch (error) {
    if (!(error instanceof SysError && error.code === 'EEXIST')) throw error;
  }
}

/** At the end of a run the runtime directories go, unless they are to be kept. */
export function removeRuntimeDirectories(sys: DirectorySys, settings: Settings, restarting: boolean): void {
  const keep =
    settings.RuntimeDirectoryPreserve === 'yes' || (settings.RuntimeDirectoryPreserve === 'restart' && restarting);
  if (keep) return;
  for (const directory of settings.RuntimeDirectory) removeTree(sys, `/run/${directory.path}`);
}

/** Follows no symlink; what cannot be removed stays. */
export function removeTree(sys: TreeSys, path: string): void {
  removeBelow(sys, path, { left: REMOVE_MAX }, 0);
}

function removeBelow(sys: TreeSys, path: string, budget: { left: number }, depth: number): void {
  try {
    if (sys.lstat(path).type !== 'directory') {
      sys.unlink(path);
      return;
    }
    if (depth < DEPTH_MAX)
      for (const entry of sys.readdir(path, budget.left)) {
        if (--budget.left <= 0) return;
        removeBelow(sys, `${path}/${entry.name}`, budget, depth + 1);
      }
    sys.rmdir(path);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
  }
}
