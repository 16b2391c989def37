/** The file that a name stands for when it is enabled, masked or asked about. Facts: systemctl(1), "enable". */
import type { Resolve } from '../exec/specifier.ts';
import { parseUnitFile } from '../file/parse.ts';
import { baseName, linkTarget } from '../load/link-target.ts';
import { UNIT_PATH, unitFolderOf } from '../load/search-path.ts';
import type { UnitFiles } from '../load/unit-files.ts';
import { relatedNames } from '../load/unit-index.ts';
import { instanceOf, nameKind, templateOf, typeOfName, withInstance } from '../name.ts';
import { splitWords, UNQUOTE } from '../text/words.ts';

const LINKS_MAX = 16;

export interface UnitFile {
  /** After aliases; an instance of a template keeps its own name. */
  readonly name: string;
  readonly path: string;
  readonly masked: boolean;
  /** The name that was asked for is an alias of this. */
  readonly isAlias: boolean;
}

/** null: there is no such file. */
export function findUnitFile(name: string, files: UnitFiles): UnitFile | null {
  const own = search(name, files, false);
  if (own !== null) return own;
  const instance = instanceOf(name);
  const template = templateOf(name);
  if (instance === null || instance === '' || template === null) return null;
  const found = search(template, files, false);
  return found === null ? null : { ...found, name: withInstance(found.name, instance) };
}

function search(name: string, files: UnitFiles, isAlias: boolean, depth = 0): UnitFile | null {
  for (const folder of UNIT_PATH) {
    const path = `${folder}/${name}`;
    const type = files.type(path);
    if (type === null || type === 'directory') continue;
    if (type === 'symlink') return followLink(name, path, files, isAlias, depth);
    const content = files.read(path);
    return { name, path, masked: content.ok && content.text === '', isAlias };
  }
  return null;
}

function followLink(name: string, path: string, files: UnitFiles, isAlias: boolean, depth: number): UnitFile | null {
  const target = linkTarget(path, files.readlink(path) ?? '');
  if (target === '/dev/null') return { name, path, masked: true, isAlias };
  const to = baseName(target);
  if (to !== name && unitFolderOf(target) !== null && nameKind(to) !== null && typeOfName(to) === typeOfName(name))
    return depth < LINKS_MAX ? search(to, files, true, depth + 1) : null;
  return files.real(path) === null ? null : { name, path: target, masked: false, isAlias };
}

/** What [Install] says. */
export interface InstallSection {
  readonly aliases: readonly string[];
  readonly wantedBy: readonly string[];
  readonly requiredBy: readonly string[];
  readonly upheldBy: readonly string[];
  readonly also: readonly string[];
  readonly defaultInstance: string;
}

const KEYS = {
  Alias: 'aliases',
  WantedBy: 'wantedBy',
  RequiredBy: 'requiredBy',
  UpheldBy: 'upheldBy',
  Also: 'also',
} as const;

/** Reads [Install] of the file and of its drop-ins. */
export function readInstall(
  file: UnitFile,
  files: UnitFiles,
  resolveFor: (name: string, path: string) => Resolve,
): InstallSection {
  const lists = {
    aliases: [] as string[],
    wantedBy: [] as string[],
    requiredBy: [] as string[],
    upheldBy: [] as string[],
    also: [] as string[],
  };
  let defaultInstance = '';
  const resolve = resolveFor(file.name, file.path);
  for (const path of [file.path, ...dropInPaths(file.name, files)]) {
    const content = files.read(path);
    if (!content.ok) continue;
    for (const item of parseUnitFile(content.text, INSTALL_ONLY).items) {
      if (item.is !== 'assignment' || item.section !== 'Install') continue;
      const list = KEYS[item.key as keyof typeof KEYS];
      const words = splitWords(item.value, UNQUOTE) ?? [];
      if (list !== undefined)
        lists[list] = item.value === '' ? [] : [...lists[list], ...words.map((word) => resolve(word) ?? word)];
      else if (item.key === 'DefaultInstance') defaultInstance = resolve(item.value) ?? '';
    }
  }
  return { ...lists, defaultInstance };
}

const INSTALL_ONLY: ReadonlySet<string> = new Set([
  'Unit',
  'Service',
  'Socket',
  'Timer',
  'Path',
  'Mount',
  'Automount',
  'Swap',
  'Slice',
  'Scope',
  'Target',
  'Install',
]);

function dropInPaths(name: string, files: UnitFiles): string[] {
  const byName = new Map<string, string>();
  for (const folder of UNIT_PATH)
    for (const related of relatedNames(name))
      for (const entry of files.list(`${folder}/${related}.d`))
        if (entry.name.endsWith('.conf') && !byName.has(entry.name))
          byName.set(entry.name, `${folder}/${related}.d/${entry.name}`);
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}

export function hasRules(section: InstallSection): boolean {
  return section.aliases.length + section.wantedBy.length + section.requiredBy.length + section.upheldBy.length > 0;
}
