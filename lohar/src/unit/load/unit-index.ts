/**
 * What names there are: one look over the unit folders, before any file is opened. Facts: systemd.unit(5), "Unit File
 * Load Path"; lines 20-22, 27 of the list.
 */
import { instanceOf, nameKind, templateOf, typeOfName, withInstance } from '../name.ts';
import { baseName, linkTarget } from './link-target.ts';
import { UNIT_PATH, unitFolderOf } from './search-path.ts';
import type { UnitFiles } from './unit-files.ts';

/** Entries read of one folder; a folder with more is not finished. */
export const FOLDER_ENTRIES_MAX = 16_384;
/** What the folders of a unit's own end with. */
export const SUFFIXES = ['d', 'wants', 'requires', 'upholds'] as const;
/** Symlinks followed from a name to its file. */
const LINKS_MAX = 16;

/** What a name in the folders stands for. */
type Meaning =
  /** A file, or a symlink out of the unit folders. */
  | { readonly is: 'file'; readonly path: string }
  | { readonly is: 'alias'; readonly of: string; readonly path: string }
  | { readonly is: 'masked'; readonly path: string };

export type Located =
  | { readonly is: 'file'; readonly id: string; readonly path: string; readonly names: readonly string[] }
  | { readonly is: 'masked'; readonly id: string; readonly path: string; readonly names: readonly string[] }
  | { readonly is: 'missing'; readonly id: string; readonly names: readonly string[] };

/** What one unit folder holds, as it was when it was listed. */
export interface FolderContent {
  readonly folder: string;
  /** null: a file of that name, which is what nearly all are. */
  readonly units: ReadonlyMap<string, Meaning | null>;
  /** `x.service.d`, `x.target.wants` */
  readonly folders: readonly string[];
  /** It has links that lead nowhere or to other folders: what they mean may change while the folder does not. */
  readonly leadsElsewhere: boolean;
}

export function readUnitFolder(files: UnitFiles, folder: string): FolderContent {
  const units = new Map<string, Meaning | null>();
  const folders: string[] = [];
  let leadsElsewhere = false;
  for (const { name, type } of files.list(folder).slice(0, FOLDER_ENTRIES_MAX)) {
    if (/\.(d|wants|requires|upholds)$/.test(name)) folders.push(name);
    else if (type !== 'directory' && nameKind(name) !== null) {
      const meaning = type === 'symlink' ? meaningOfLink(files, `${folder}/${name}`) : null;
      if (meaning === 'nothing' || meaning?.is === 'file') leadsElsewhere = true;
      if (meaning !== 'nothing') units.set(name, meaning);
    }
  }
  return { folder, units, folders, leadsElsewhere };
}

export class UnitIndex {
  /** Highest precedence first. */
  readonly contents: readonly FolderContent[];
  /** id -> names that lead to it */
  readonly #aliases = new Map<string, string[]>();
  /** `x.service.d`, `x.target.wants` -> folders that exist, highest first. */
  readonly #folders = new Map<string, string[]>();

  constructor(contents: readonly FolderContent[]) {
    this.contents = contents;
    for (const { folder, folders } of contents)
      for (const name of folders) {
        const known = this.#folders.get(name);
        if (known === undefined) this.#folders.set(name, [`${folder}/${name}`]);
        else known.push(`${folder}/${name}`);
      }
    for (const { units } of contents)
      for (const [name, meaning] of units)
        if (meaning?.is === 'alias' && this.#meaning(name) === meaning) this.#addAlias(name);
  }

  static of(files: UnitFiles): UnitIndex {
    return new UnitIndex(UNIT_PATH.map((folder) => readUnitFolder(files, folder)));
  }

  #addAlias(name: string): void {
    const id = this.#follow(name);
    if (id === name) return;
    const names = this.#aliases.get(id) ?? [];
    names.push(name);
    this.#aliases.set(id, names);
  }

  /** Of the folder where it is found first. */
  #meaning(name: string): Meaning | undefined {
    for (const { folder, units } of this.contents) {
      const meaning = units.get(name);
      if (meaning !== undefined) return meaning ?? { is: 'file', path: `${folder}/${name}` };
    }
    return undefined;
  }

  /** The name at the end of the aliases; a loop ends where it was noticed. */
  #follow(name: string): string {
    let at = name;
    for (let depth = 0; depth < LINKS_MAX; depth++) {
      const meaning = this.#meaning(at);
      if (meaning?.is !== 'alias') return at;
      at = meaning.of;
    }
    return at;
  }

  /** The unit a name belongs to: an own file beats the template's. */
  locate(name: string): Located {
    const instance = instanceOf(name);
    if (instance === null || instance === '' || this.has(name)) {
      const id = this.#follow(name);
      if (id !== name && instanceOf(id) === '' && instance !== null && instance !== '')
        return this.locate(withInstance(id, instance));
      return this.#found(id, this.#names(id), this.#meaning(id) ?? this.#meaningOfTemplate(id));
    }
    const template = this.#follow(templateOf(name) ?? name);
    const id = withInstance(template, instance);
    return this.#found(id, this.#names(id), this.#meaning(id) ?? this.#meaning(template));
  }

  #meaningOfTemplate(id: string): Meaning | undefined {
    const template = templateOf(id);
    return template === null || template === id ? undefined : this.#meaning(this.#follow(template));
  }

  #found(id: string, names: readonly string[], meaning: Meaning | undefined): Located {
    if (meaning === undefined || meaning.is === 'alias') return { is: 'missing', id, names };
    return { is: meaning.is, id, names, path: meaning.path };
  }

  /** The id and every alias of it; an instance has those of its template, too. */
  #names(id: string): readonly string[] {
    const names = new Set([id, ...(this.#aliases.get(id) ?? [])]);
    const instance = instanceOf(id);
    const template = templateOf(id);
    if (instance !== null && instance !== '' && template !== null)
      for (const alias of this.#aliases.get(template) ?? []) names.add(withInstance(alias, instance));
    return [...names];
  }

  /** The folders that may hold settings for these names, in the order in which a file of one name wins. */
  foldersFor(names: readonly string[], suffix: (typeof SUFFIXES)[number]): readonly string[] {
    const candidates = new Set(names.flatMap(relatedNames).map((name) => `${name}.${suffix}`));
    const present = [...candidates].filter((name) => this.#folders.has(name));
    const found: string[] = [];
    if (present.length > 0)
      for (const folder of UNIT_PATH)
        for (const name of present) {
          const path = `${folder}/${name}`;
          if (this.#folders.get(name)?.includes(path) === true) found.push(path);
        }
    const type = typeOfName(names[0] ?? '');
    return type === null ? found : [...found, ...(this.#folders.get(`${type}.${suffix}`) ?? [])];
  }

  has(name: string): boolean {
    return this.contents.some(({ units }) => units.has(name));
  }
}

/**
 * The name itself, its template, and the names its dashed prefixes make: `a-b-c.service` -> `a-b-.service`,
 * `a-.service`.
 */
export function relatedNames(name: string): string[] {
  const dot = name.lastIndexOf('.');
  const at = name.indexOf('@');
  const prefix = name.slice(0, at >= 0 ? at : dot);
  const rests = [...new Set([name.slice(at >= 0 ? at : dot), at >= 0 ? `@${name.slice(dot)}` : name.slice(dot)])];
  const prefixes = [prefix];
  for (let dash = prefix.lastIndexOf('-', prefix.length - 2); dash > 0; dash = prefix.lastIndexOf('-', dash - 1))
    prefixes.push(prefix.slice(0, dash + 1));
  return prefixes.flatMap((one) => rests.map((rest) => one + rest));
}

function meaningOfLink(files: UnitFiles, path: string): Meaning | 'nothing' {
  const target = files.readlink(path);
  if (target === null) return 'nothing';
  const full = linkTarget(path, target);
  if (full === '/dev/null') return { is: 'masked', path };
  const of = baseName(full);
  if (unitFolderOf(full) === null || nameKind(of) === null)
    return files.real(path) === null ? 'nothing' : { is: 'file', path };
  const name = baseName(path);
  if (of === name) return { is: 'file', path: full };
  return typeOfName(of) === typeOfName(name) ? { is: 'alias', of, path } : 'nothing';
}
