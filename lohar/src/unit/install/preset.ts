/** Presets: what a distribution or administrator wants enabled. Facts: systemd.preset(5). */
import { nameExpression } from '../condition/compare.ts';
import type { UnitFiles } from '../load/unit-files.ts';
import { instanceOf, templateOf, withInstance } from '../name.ts';

/** Highest precedence first; of files of one name the first folder's counts. */
const FOLDERS = [
  '/etc/systemd/system-preset',
  '/run/systemd/system-preset',
  '/usr/local/lib/systemd/system-preset',
  '/usr/lib/systemd/system-preset',
];

interface Rule {
  readonly does: 'enable' | 'disable' | 'ignore';
  readonly pattern: RegExp;
  /** Of a template: only these. */
  readonly instances: readonly string[];
}

export type Preset =
  | { readonly does: 'enable'; readonly names: readonly string[] }
  | { readonly does: 'disable' | 'ignore' };

export class Presets {
  readonly #rules: readonly Rule[];

  constructor(files: UnitFiles) {
    const byName = new Map<string, string>();
    for (const folder of FOLDERS)
      for (const entry of files.list(folder))
        if (entry.name.endsWith('.preset') && !byName.has(entry.name))
          byName.set(entry.name, `${folder}/${entry.name}`);
    const paths = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
    this.#rules = paths.flatMap((path) => {
      const content = files.read(path);
      return content.ok ? parse(content.text) : [];
    });
  }

  /** The first rule that fits; without one, enable. */
  of(name: string): Preset {
    for (const rule of this.#rules) {
      if (rule.does !== 'enable') {
        if (rule.pattern.test(name)) return { does: rule.does };
      } else if (rule.instances.length > 0) {
        const instance = instanceOf(name);
        const template = templateOf(name);
        if (template === null || !rule.pattern.test(template)) continue;
        if (instance === '') return { does: 'enable', names: rule.instances.map((one) => withInstance(name, one)) };
        if (instance !== null && rule.instances.includes(instance)) return { does: 'enable', names: [name] };
      } else if (rule.pattern.test(name)) return { does: 'enable', names: [name] };
    }
    return { does: 'enable', names: [name] };
  }
}

function parse(text: string): Rule[] {
  return text.split('\n').flatMap((line): Rule[] => {
    const [does, pattern, ...instances] = line.trim().split(/\s+/);
    if ((does !== 'enable' && does !== 'disable' && does !== 'ignore') || pattern === undefined) return [];
    return [{ does, pattern: nameExpression(pattern), instances }];
  });
}
