/** UnitFileState= and UnitFilePreset= of units and of all files, kept until unit folders change. */
import { type Machine, type Resolve, specifiersOf } from '../unit/exec/specifier.ts';
import type { Unit } from '../unit/graph/unit.ts';
import { fileState } from '../unit/install/file-state.ts';
import { findUnitFile, hasRules, readInstall } from '../unit/install/find-unit-file.ts';
import { Presets } from '../unit/install/preset.ts';
import { RememberedFiles } from '../unit/load/remembered-files.ts';
import { UNIT_PATH } from '../unit/load/search-path.ts';
import type { UnitFiles } from '../unit/load/unit-files.ts';
import type { PresetState, UnitFileState } from '../unit/model.ts';
import { nameKind } from '../unit/name.ts';

export interface FileFacts {
  readonly state: UnitFileState;
  readonly preset: PresetState;
}

const UNKNOWN: FileFacts = { state: '', preset: '' };

export class UnitFileFacts {
  readonly #files: UnitFiles;
  readonly #machine: Machine;
  #cache = new Map<string, FileFacts>();

  constructor(files: UnitFiles, machine: Machine) {
    this.#files = files;
    this.#machine = machine;
  }

  /** daemon-reload, enable and their kin: ask the disk again. */
  forget(): void {
    this.#cache = new Map();
  }

  resolveFor = (name: string, path: string): Resolve => specifiersOf({ id: name, fragment: path }, this.#machine);

  of(unit: Unit): FileFacts {
    const { fragment } = unit.config;
    if (fragment === '') return UNKNOWN;
    const known = this.#cache.get(unit.id);
    if (known !== undefined) return known;
    // The file's own name: aliases resolve to it, instances of templates keep theirs.
    const facts = this.#look(unit.id, new RememberedFiles(this.#files));
    this.#cache.set(unit.id, facts);
    return facts;
  }

  #look(name: string, files: UnitFiles, presets?: Presets): FileFacts {
    const { state } = fileState(name, files, this.resolveFor);
    if (state === 'not-found') return UNKNOWN;
    return { state, preset: this.#preset(name, state, files, presets) };
  }

  /** Only files that can be enabled have one. */
  #preset(name: string, state: UnitFileState, files: UnitFiles, presets: Presets = new Presets(files)): PresetState {
    if (/^(static|alias|generated|transient)$/.test(state)) return '';
    const file = findUnitFile(name, files);
    if (file !== null && !file.masked && !hasRules(readInstall(file, files, this.resolveFor)) && state !== 'indirect')
      return '';
    const { does } = presets.of(name);
    return does === 'enable' ? 'enabled' : does === 'disable' ? 'disabled' : 'ignored';
  }

  /** Every unit file there is, by name. */
  *all(matches: (name: string) => boolean): IterableIterator<{ readonly name: string } & FileFacts> {
    const files = new RememberedFiles(this.#files);
    const presets = new Presets(files);
    const names = new Set<string>();
    for (const folder of UNIT_PATH)
      for (const entry of files.list(folder))
        if (entry.type !== 'directory' && nameKind(entry.name) !== null && matches(entry.name)) names.add(entry.name);
    for (const name of [...names].sort()) {
      const facts = this.#look(name, files, presets);
      if (facts.state !== '') yield { name, ...facts };
    }
  }

  /** is-enabled of a name as it stands. */
  stateOf(name: string): { state: UnitFileState | 'not-found'; path: string } {
    return fileState(name, new RememberedFiles(this.#files), this.resolveFor);
  }
}
