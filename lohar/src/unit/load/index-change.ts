/** What is other in one look over the unit folders than in an earlier one: the units that it says nothing about stay. */
import { templateOf, typeOfName } from '../name.ts';
import { relatedNames, SUFFIXES, type UnitIndex } from './unit-index.ts';

export class IndexChange {
  /** Of units that mean something else now, and what such names lead or led to. */
  readonly #names = new Set<string>();
  /** `x.service.d`, `x.target.wants`: they came or went. */
  readonly #folders = new Set<string>();

  constructor(before: UnitIndex, after: UnitIndex) {
    for (const [i, content] of after.contents.entries()) {
      const known = before.contents[i];
      if (known === undefined || known === content) continue;
      for (const name of new Set([...known.units.keys(), ...content.units.keys()]))
        if (JSON.stringify(known.units.get(name)) !== JSON.stringify(content.units.get(name)))
          for (const one of [name, before.locate(name).id, after.locate(name).id]) this.#names.add(one);
      for (const folder of new Set(known.folders).symmetricDifference(new Set(content.folders)))
        this.#folders.add(folder);
    }
  }

  /** A mount unit came or went: other units are ordered after it. */
  get hasMounts(): boolean {
    return [...this.#names].some((name) => name.endsWith('.mount'));
  }

  /** May the description of a unit with these names be another one? */
  touches(names: readonly string[]): boolean {
    if (names.some((name) => this.#names.has(name) || this.#names.has(templateOf(name) ?? name))) return true;
    if (this.#folders.size === 0) return false;
    const stems = [...names.flatMap(relatedNames), typeOfName(names[0] ?? '') ?? ''];
    return stems.some((stem) => SUFFIXES.some((suffix) => this.#folders.has(`${stem}.${suffix}`)));
  }
}
