/** enable, disable, reenable, link, add-wants, set-default as symlinks. Texts and order: systemd 255 (section 13 of the list). */

import type { Resolve } from '../exec/specifier.ts';
import { baseName, folderOf, linkTarget } from '../load/link-target.ts';
import { CONFIG, RUNTIME, UNIT_PATH, unitFolderOf } from '../load/search-path.ts';
import { instanceOf, nameKind, templateOf, typeOfName, withInstance } from '../name.ts';
import { findUnitFile, hasRules, type InstallSection, readInstall, type UnitFile } from './find-unit-file.ts';
import type { InstallChange } from './install-change.ts';
import { InstallFailed } from './install-failed.ts';
import type { InstallFiles } from './install-files.ts';

export interface InstallOptions {
  readonly runtime: boolean;
  readonly force: boolean;
}
export interface Installed {
  readonly changes: readonly InstallChange[];
  /** False: none of the units has anything in [Install]. */
  readonly carriesInstall: boolean;
}

export type ResolveFor = (name: string, path: string) => Resolve;

/** Units named by Also= in a row. */
const ALSO_MAX = 1024;

export class Installer {
  readonly changes: InstallChange[] = [];
  readonly #files: InstallFiles;
  readonly #options: InstallOptions;
  readonly #resolveFor: ResolveFor;

  constructor(files: InstallFiles, options: InstallOptions, resolveFor: ResolveFor) {
    this.#files = files;
    this.#options = options;
    this.#resolveFor = resolveFor;
  }

  get folder(): string {
    return this.#options.runtime ? RUNTIME : CONFIG;
  }

  /** @throws InstallFailed */
  enable(names: readonly string[]): Installed {
    let carriesInstall = false;
    // One that is not there keeps all from being enabled.
    for (const name of names) if (!name.startsWith('/')) this.#find(name);
    const open = names.map((name) => ({ name: this.#linkIfPath(name), also: false }));
    const seen = new Set<string>();
    for (let one = open.shift(); one !== undefined && seen.size < ALSO_MAX; one = open.shift()) {
      if (seen.has(one.name)) continue;
      seen.add(one.name);
      const file = one.also ? this.#findAuxiliary(one.name) : this.#find(one.name);
      if (file === null) continue;
      const section = readInstall(file, this.#files, this.#resolveFor);
      carriesInstall ||= hasRules(section) || section.also.length > 0;
      this.#apply(file, section);
      open.push(...section.also.map((name) => ({ name, also: true })));
    }
    return { changes: this.changes, carriesInstall };
  }

  /** A path names a file to be linked first. */
  #linkIfPath(name: string): string {
    if (!name.startsWith('/')) return name;
    if (unitFolderOf(name) === null) this.link([name]);
    return baseName(name);
  }

  #find(name: string): UnitFile {
    if (nameKind(name) === null) throw new InstallFailed('InvalidArgs', `"${name}" is not a valid unit name.`);
    const file = findUnitFile(name, this.#files);
    if (file === null) throw new InstallFailed('NoSuchUnit', `Unit file ${name} does not exist.`);
    if (file.masked) throw new InstallFailed('UnitMasked', `Unit file ${file.path} is masked.`);
    return file;
  }

  /** What Also= names may be missing; that is said. */
  #findAuxiliary(name: string): UnitFile | null {
    try {
      return this.#find(name);
    } catch (error) {
      if (!(error instanceof InstallFailed)) throw error;
      this.changes.push({ did: 'auxiliary-failed', path: name });
      return null;
    }
  }

  #apply(file: UnitFile, section: InstallSection): void {
    const name = this.#instantiated(file, section);
    for (const alias of section.aliases) this.#alias(file, name, alias);
    this.#into(file, name, section, section.wantedBy, 'wants');
    this.#into(file, name, section, section.requiredBy, 'requires');
    this.#into(file, name, section, section.upheldBy, 'upholds');
  }

  /** A template is enabled as its default instance, if it names one. */
  #instantiated(file: UnitFile, section: InstallSection): string {
    if (nameKind(file.name) !== 'template' || section.defaultInstance === '') return file.name;
    return withInstance(file.name, section.defaultInstance);
  }

  #alias(file: UnitFile, name: string, alias: string): void {
    const instance = instanceOf(name);
    const link =
      nameKind(alias) === 'template' && instance !== null && instance !== '' ? withInstance(alias, instance) : alias;
    if (typeOfName(link) !== typeOfName(name))
      throw new InstallFailed('InvalidArgs', `Cannot alias ${name} as ${link}.`);
    this.#symlink(file.path, `${this.folder}/${link}`);
  }

  #into(file: UnitFile, name: string, section: InstallSection, targets: readonly string[], suffix: string): void {
    for (const target of targets) {
      if (nameKind(target) === null) throw new InstallFailed('InvalidArgs', `"${target}" is not a valid unit name.`);
      if (nameKind(name) === 'template' && section.defaultInstance === '' && nameKind(target) !== 'template')
        throw new InstallFailed('InvalidArgs', `Destination unit ${target} is a non-template unit.`);
      this.#symlink(file.path, `${this.folder}/${target}.${suffix}/${name}`);
      if (findUnitFile(target, this.#files) === null)
        this.changes.push({ did: 'destination-not-present', path: target, target: file.path });
    }
  }

  /** A link that leads there already is left alone. @throws InstallFailed */
  #symlink(target: string, path: string): void {
    const type = this.#files.type(path);
    if (type === 'symlink') {
      const old = this.#files.readlink(path) ?? '';
      if (linkTarget(path, old) === linkTarget(path, target)) return;
      if (!this.#options.force)
        throw new InstallFailed('FileExists', `File ${path} already exists and is a symlink to ${old}.`);
      this.#unlink(path);
    } else if (type !== null) {
      throw new InstallFailed('FileExists', `File ${path} already exists.`);
    }
    this.#files.symlink(target, path);
    this.changes.push({ did: 'symlink', path, target });
  }

  #unlink(path: string): void {
    this.#files.unlink(path);
    this.changes.push({ did: 'unlink', path });
  }

  /** Removes every link that enabling could have made. @throws InstallFailed */
  disable(names: readonly string[]): Installed {
    let carriesInstall = false;
    const doomed = new Set<string>();
    const open = [...names];
    const seen = new Set<string>();
    for (let name = open.shift(); name !== undefined && seen.size < ALSO_MAX; name = open.shift()) {
      if (seen.has(name)) continue;
      seen.add(name);
      const file = this.#findToDisable(baseName(name), names.includes(name));
      if (file === null) continue;
      const section = readInstall(file, this.#files, this.#resolveFor);
      carriesInstall ||= hasRules(section) || section.also.length > 0;
      for (const one of [baseName(name), file.name, ...section.aliases]) doomed.add(one);
      if (section.defaultInstance !== '' && nameKind(file.name) === 'template')
        doomed.add(withInstance(file.name, section.defaultInstance));
      open.push(...section.also);
    }
    this.#removeLinks(doomed);
    return { changes: this.changes, carriesInstall };
  }

  /** null: masked, which is said, or an Also= that is not there. */
  #findToDisable(name: string, named: boolean): UnitFile | null {
    if (nameKind(name) === null) throw new InstallFailed('InvalidArgs', `"${name}" is not a valid unit name.`);
    const file = findUnitFile(name, this.#files);
    if (file === null) {
      if (named) throw new InstallFailed('NoSuchUnit', `Unit file ${name} does not exist.`);
      return null;
    }
    if (!file.masked) return file;
    this.changes.push({ did: 'is-masked', path: file.path });
    return null;
  }

  #removeLinks(doomed: Set<string>): void {
    for (let again = true; again; ) {
      again = false;
      for (const path of this.#linksBelow(this.folder)) {
        if (!this.#isDoomed(path, doomed)) continue;
        this.#unlink(path);
        this.#removeEmptyFolders(folderOf(path));
        // What leads to this link leads nowhere now.
        if (!doomed.has(path)) again = true;
        doomed.add(path);
      }
    }
  }

  /** Links beside the unit files, then those in .wants/ and the like. */
  #linksBelow(folder: string): string[] {
    const entries = this.#files.list(folder);
    const folders = entries.filter((entry) => entry.type === 'directory').map((entry) => `${folder}/${entry.name}`);
    return [folder, ...folders].flatMap((one) =>
      (one === folder ? entries : this.#files.list(one))
        .filter((entry) => entry.type === 'symlink' && nameKind(entry.name) !== null)
        .map((entry) => `${one}/${entry.name}`),
    );
  }

  #isDoomed(path: string, doomed: ReadonlySet<string>): boolean {
    const name = baseName(path);
    if (doomed.has(name) || doomed.has(templateOf(name) ?? '')) return true;
    const target = linkTarget(path, this.#files.readlink(path) ?? '');
    const end = this.#files.real(path) ?? target;
    return doomed.has(target) || doomed.has(end) || doomed.has(baseName(end));
  }

  #removeEmptyFolders(folder: string): void {
    if (folder !== this.folder && folder.startsWith(`${this.folder}/`)) this.#files.removeFolder(folder);
  }

  /** A disable of another path's units goes on to links with the name itself (line 187). @throws InstallFailed */
  reenable(names: readonly string[]): Installed {
    const names_ = names.map(baseName);
    for (const name of names_) this.#find(name);
    this.disable(names_);
    return this.enable(names);
  }

  /** @throws InstallFailed */
  link(paths: readonly string[]): Installed {
    for (const path of paths) {
      const name = baseName(path);
      if (!path.startsWith('/')) throw new InstallFailed('InvalidArgs', `Path ${path} is not absolute.`);
      if (nameKind(name) === null) throw new InstallFailed('InvalidArgs', `"${name}" is not a valid unit name.`);
      if (this.#files.type(path) === null) throw new InstallFailed('FileNotFound', `Unit file ${path} does not exist.`);
      if (unitFolderOf(path) === null) this.#symlink(path, `${this.folder}/${name}`);
    }
    return { changes: this.changes, carriesInstall: true };
  }

  /** add-wants, add-requires. @throws InstallFailed */
  addDependency(target: string, kind: 'wants' | 'requires', names: readonly string[]): Installed {
    const to = this.#find(target);
    for (const name of names) {
      const file = this.#find(name);
      this.#symlink(file.path, `${this.folder}/${to.name}.${kind}/${file.name}`);
    }
    return { changes: this.changes, carriesInstall: true };
  }

  /** @throws InstallFailed */
  setDefault(name: string): Installed {
    if (!name.endsWith('.target')) throw new InstallFailed('InvalidArgs', `Invalid unit name ${name}.`);
    const file = this.#find(name);
    const path = `${CONFIG}/default.target`;
    const type = this.#files.type(path);
    if (type === 'symlink' && linkTarget(path, this.#files.readlink(path) ?? '') === linkTarget(path, file.path))
      return { changes: [], carriesInstall: true };
    if (type !== null) this.#unlink(path);
    this.#files.symlink(file.path, path);
    this.changes.push({ did: 'symlink', path, target: file.path });
    return { changes: this.changes, carriesInstall: true };
  }
}

/** get-default. @throws InstallFailed */
export function defaultTarget(files: InstallFiles): string {
  const file = findUnitFile('default.target', files);
  if (file === null) throw new InstallFailed('NoSuchUnit', 'Unit file default.target does not exist.');
  return file.name;
}

/** Folders that hold what administrators and `systemctl` made. */
export const ADMINISTERED: readonly string[] = UNIT_PATH.filter(
  (folder) =>
    folder.startsWith('/etc/') || folder.startsWith('/run/systemd/system') || folder === '/run/systemd/transient',
);
