/** mask, unmask, revert. Texts: systemd 255 (lines 34, 185, 186 of the list). */

import { linkTarget } from '../load/link-target.ts';
import { CONFIG, RUNTIME, UNIT_PATH } from '../load/search-path.ts';
import { nameKind } from '../name.ts';
import type { Installed, InstallOptions } from './enable.ts';
import { ADMINISTERED } from './enable.ts';
import { findUnitFile } from './find-unit-file.ts';
import type { InstallChange } from './install-change.ts';
import { InstallFailed } from './install-failed.ts';
import type { InstallFiles } from './install-files.ts';

const NOTHING = '/dev/null';

/** Units that are there without a file. */
const PERPETUAL: ReadonlySet<string> = new Set(['-.mount', '-.slice', 'system.slice', 'init.scope']);

/** Said first, of all names. */
const missing = (names: readonly string[], files: InstallFiles): InstallChange[] =>
  names
    .filter((name) => !PERPETUAL.has(name) && findUnitFile(name, files) === null)
    .map((name) => ({ did: 'not-exists', path: name }));

/** @throws InstallFailed */
export function mask(names: readonly string[], files: InstallFiles, { runtime, force }: InstallOptions): Installed {
  const changes: InstallChange[] = missing(names, files);
  for (const name of names) {
    if (nameKind(name) === null) throw new InstallFailed('InvalidArgs', `"${name}" is not a valid unit name.`);
    const path = `${runtime ? RUNTIME : CONFIG}/${name}`;
    const type = files.type(path);
    if (type === 'symlink') {
      const old = files.readlink(path) ?? '';
      if (linkTarget(path, old) === NOTHING) continue;
      if (!force) throw new InstallFailed('FileExists', `File ${path} already exists and is a symlink to ${old}.`);
      files.unlink(path);
      changes.push({ did: 'unlink', path });
    } else if (type !== null) throw new InstallFailed('FileExists', `File ${path} already exists.`);
    files.symlink(NOTHING, path);
    changes.push({ did: 'symlink', path, target: NOTHING });
  }
  return { changes, carriesInstall: true };
}

export function unmask(names: readonly string[], files: InstallFiles, { runtime }: InstallOptions): Installed {
  const changes: InstallChange[] = missing(names, files);
  for (const name of names) {
    const path = `${runtime ? RUNTIME : CONFIG}/${name}`;
    if (files.type(path) !== 'symlink' || linkTarget(path, files.readlink(path) ?? '') !== NOTHING) continue;
    files.unlink(path);
    changes.push({ did: 'unlink', path });
  }
  return { changes, carriesInstall: true };
}

/** Drop-ins of administrators go, and files that hide those of packages. */
export function revert(names: readonly string[], files: InstallFiles): Installed {
  const changes: InstallChange[] = [];
  const remove = (path: string): void => {
    files.unlink(path);
    changes.push({ did: 'unlink', path });
  };
  for (const name of names) {
    if (nameKind(name) === null) throw new InstallFailed('InvalidArgs', `"${name}" is not a valid unit name.`);
    for (const folder of ADMINISTERED) removeDropIns(`${folder}/${name}.d`, files, remove, changes);
    const hasVendor = UNIT_PATH.some(
      (folder) => folder.startsWith('/usr/') && files.type(`${folder}/${name}`) === 'file',
    );
    if (hasVendor)
      for (const folder of [CONFIG, RUNTIME]) if (files.type(`${folder}/${name}`) !== null) remove(`${folder}/${name}`);
  }
  return { changes, carriesInstall: true };
}

function removeDropIns(
  folder: string,
  files: InstallFiles,
  remove: (path: string) => void,
  changes: InstallChange[],
): void {
  const entries = files.list(folder);
  if (files.type(folder) !== 'directory') return;
  // The one that was read last goes first, as systemd does it.
  for (const entry of [...entries].reverse()) if (entry.type !== 'directory') remove(`${folder}/${entry.name}`);
  if (files.removeFolder(folder)) changes.push({ did: 'unlink', path: folder });
}
