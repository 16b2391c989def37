/** is-enabled: what the symlinks say of a unit file. Facts: systemctl(1), "is-enabled"; lines 182 to 188 of the list. */
import type { Resolve } from '../exec/specifier.ts';
import { baseName, linkTarget } from '../load/link-target.ts';
import { CONFIG, GENERATED, TRANSIENT, UNIT_PATH } from '../load/search-path.ts';
import type { UnitFiles } from '../load/unit-files.ts';
import type { UnitFileState } from '../model.ts';
import { instanceOf, nameKind, templateOf, withInstance } from '../name.ts';
import { findUnitFile, hasRules, type InstallSection, readInstall, type UnitFile } from './find-unit-file.ts';

export interface StateOfFile {
  readonly state: UnitFileState | 'not-found';
  readonly path: string;
}

/** Of a name as it stands, aliases not followed first. */
export function fileState(
  name: string,
  files: UnitFiles,
  resolveFor: (name: string, path: string) => Resolve,
): StateOfFile {
  const file = findUnitFile(name, files);
  if (file === null) return { state: 'not-found', path: '' };
  const { path } = file;
  if (file.masked) return { state: path.startsWith('/run/') ? 'masked-runtime' : 'masked', path };
  if (file.isAlias && nameKind(file.name) !== 'instance') return { state: 'alias', path };
  const folder = path.slice(0, path.lastIndexOf('/'));
  if (Object.values(GENERATED).some((generated) => generated === folder)) return { state: 'generated', path };
  if (folder === TRANSIENT) return { state: 'transient', path };
  const section = readInstall(file, files, resolveFor);
  const byRules = symlinkState(file, section, files, true);
  if (byRules !== null) return { state: byRules, path };
  if (symlinkState(file, section, files, false) !== null) return { state: 'indirect', path };
  if (hasRules(section)) return { state: 'disabled', path };
  return { state: section.also.length > 0 ? 'indirect' : 'static', path };
}

/** What links there are: in /etc best, in /run next; elsewhere they count for instances alone. */
function symlinkState(
  file: UnitFile,
  section: InstallSection,
  files: UnitFiles,
  byRules: boolean,
): UnitFileState | null {
  let runtime = false;
  let elsewhere = false;
  const sameName = { config: false, runtime: false };
  let below = false;
  for (const folder of UNIT_PATH) {
    const found = linksIn(folder, file, section, files, byRules, below);
    if (found === 'enabled') {
      if (folder === CONFIG) return 'enabled';
      if (folder.startsWith('/run/')) runtime = true;
      else elsewhere = true;
    } else if (found === 'same-name') {
      if (folder === CONFIG) sameName.config = true;
      else if (folder.startsWith('/run/')) sameName.runtime = true;
    }
    below ||= file.path.startsWith(`${folder}/`);
  }
  if (runtime) return 'enabled-runtime';
  if (elsewhere && nameKind(file.name) === 'instance') return 'static';
  if (sameName.config) return 'linked';
  return sameName.runtime ? 'linked-runtime' : null;
}

/** `below`: this folder comes after the one with the file, whose name hides what bears it here. */
function linksIn(
  folder: string,
  file: UnitFile,
  section: InstallSection,
  files: UnitFiles,
  byRules: boolean,
  below: boolean,
): 'enabled' | 'same-name' | null {
  const known = knownNames(file.name, section);
  const counts = (link: string): boolean => !byRules || known.has(link);
  for (const entry of files.list(folder)) {
    if (entry.type !== 'directory' || !/\.(wants|requires|upholds)$/.test(entry.name)) continue;
    for (const link of files.list(`${folder}/${entry.name}`)) {
      const matches = link.name === file.name || templateOf(link.name) === file.name;
      if (link.type === 'symlink' && matches && counts(link.name)) return 'enabled';
    }
  }
  let sameName = false;
  for (const link of files.list(folder)) {
    if (link.type !== 'symlink' || nameKind(link.name) === null) continue;
    const target = linkTarget(`${folder}/${link.name}`, files.readlink(`${folder}/${link.name}`) ?? '');
    const toIt = baseName(target) === file.name;
    const isIt = !below && link.name === file.name;
    // A link of the file's own name is how `link` works, and enables nothing.
    if (toIt && isIt) sameName = true;
    else if ((toIt || isIt) && counts(link.name)) return 'enabled';
  }
  return sameName ? 'same-name' : null;
}

function knownNames(name: string, section: InstallSection): ReadonlySet<string> {
  const names = new Set([name, ...section.aliases]);
  if (section.defaultInstance !== '' && instanceOf(name) === '') names.add(withInstance(name, section.defaultInstance));
  return names;
}
