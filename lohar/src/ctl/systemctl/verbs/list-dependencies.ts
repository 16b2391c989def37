/** list-dependencies: what a unit pulls in, as a tree; targets are unfolded. */

import type { Reply } from '../../../control/protocol.ts';
import type { DependencyKind } from '../../../unit/model.ts';
import { typeOfName } from '../../../unit/name.ts';
import { ellipsize } from '../../log-output/printable.ts';
import type { Palette } from '../../text/colour.ts';
import { type Glyphs, stateGlyph } from '../../text/glyphs.ts';
import { type Ctl, exitOf, replies, type Verb } from '../manager.ts';
import type { Settings } from '../settings.ts';

/** Relations in the order in which systemctl asks for them (systemctl-util.c). */
const KINDS: Readonly<Record<Settings['dependency'], readonly DependencyKind[]>> = {
  forward: ['Requires', 'Requisite', 'Wants', 'ConsistsOf', 'BindsTo', 'Upholds'],
  reverse: ['RequiredBy', 'RequisiteOf', 'WantedBy', 'PartOf', 'BoundBy', 'UpheldBy'],
  after: ['After'],
  before: ['Before'],
};
/** Lines of a tree; a graph with many paths unfolds without end otherwise. */
const LINES_MAX = 100_000;

type Graph = Extract<Reply, { is: 'dependencies' }>['units'];

export interface TreeOptions {
  readonly graph: Graph;
  readonly plain: boolean;
  /** Unfold all, not only targets. */
  readonly all: boolean;
  readonly types: readonly string[];
  readonly states: readonly string[];
  readonly glyphs: Glyphs;
  readonly colours: Palette;
  /** 0: names are not cut. */
  readonly columns: number;
}

function compare(a: string, b: string): number {
  const [targetA, targetB] = [typeOfName(a) === 'target', typeOfName(b) === 'target'];
  if (targetA !== targetB) return targetA ? 1 : -1;
  const [lowA, lowB] = [a.toLowerCase(), b.toLowerCase()];
  return lowA < lowB ? -1 : lowA > lowB ? 1 : 0;
}

class Tree {
  readonly #options: TreeOptions;
  readonly #seen: string[] = [];
  readonly lines: string[] = [];

  constructor(options: TreeOptions) {
    this.#options = options;
  }

  /** @param branches whether each level above goes on below this line */
  walk(name: string, branches: readonly boolean[]): void {
    const { graph, plain, all, types, states } = this.#options;
    this.#seen.push(name);
    const below = [...(graph[name]?.to ?? [])].sort(compare);
    let circular = false;
    for (const [i, unit] of below.entries()) {
      if (this.lines.length >= LINES_MAX) return;
      if (this.#seen.includes(unit)) {
        circular = true;
        continue;
      }
      const active = graph[unit]?.active ?? 'inactive';
      if (types.length > 0 && !types.includes(typeOfName(unit) ?? '')) continue;
      if (states.length > 0 && !states.includes(active)) continue;
      const isLast = i === below.length - 1;
      this.#print(unit, branches, isLast && !circular);
      if (all || typeOfName(unit) === 'target') this.walk(unit, [...branches, !isLast]);
    }
    if (circular && !plain) this.#print('...', branches, true);
    if (!plain) this.#seen.splice(this.#seen.indexOf(name), 1);
  }

  #print(name: string, branches: readonly boolean[], last: boolean): void {
    const { graph, plain, glyphs, colours, columns } = this.#options;
    const active = graph[name]?.active;
    let line = '  ';
    if (active !== undefined && !plain) {
      const good = active === 'active' || active === 'reloading' || active === 'activating';
      const colour = good ? colours.boldGreen : active === 'failed' ? colours.boldRed : colours.normal;
      line = `${colour}${stateGlyph(active, glyphs)}${colours.normal} `;
    }
    let used = 2;
    if (!plain) {
      line += branches.map((more) => (more ? glyphs.vertical : glyphs.space)).join('');
      line += last ? glyphs.last : glyphs.branch;
      used += 2 * (branches.length + 1);
    }
    this.lines.push(line + (columns === 0 ? name : ellipsize(name, Math.max(columns - used, 3), 100)));
  }
}

/** @returns lines under the root, each with its line feed */
export function dependencyTree(root: string, options: TreeOptions): string {
  const tree = new Tree(options);
  tree.walk(root, []);
  return tree.lines.map((line) => `${line}\n`).join('');
}

function print({ program, settings }: Ctl, reply: Extract<Reply, { is: 'dependencies' }>): void {
  const filtered = settings.types.length > 0 || settings.states.length > 0;
  const options: TreeOptions = {
    graph: reply.units,
    plain: settings.plain || filtered,
    all: settings.all,
    types: settings.types,
    states: settings.states,
    glyphs: program.glyphs,
    colours: program.colours,
    columns: settings.full || !program.isTerminal(1) ? 0 : program.columns,
  };
  for (const [i, root] of reply.roots.entries())
    program.out(`${i === 0 ? '' : '\n'}${root}\n${dependencyTree(root, options)}`);
}

export const listDependencies: Verb = (ctl, names) => {
  const kinds = KINDS[ctl.settings.dependency];
  const asked = names.length === 0 ? ['default.target'] : names;
  for (const reply of replies(ctl, { verb: 'list-dependencies', names: asked, kinds })) {
    if (reply.is === 'error' || reply.is === 'failed') {
      ctl.program.err(`Failed to get properties: ${reply.error.message}`);
      return exitOf(reply.error);
    }
    if (reply.is === 'dependencies') print(ctl, reply);
  }
  return 0;
};
