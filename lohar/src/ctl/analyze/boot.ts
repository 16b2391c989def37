/** systemd-analyze time, blame, critical-chain, dot: of units as they are known to PID 1. Texts: systemd 255. */
import { nameExpression } from '../../unit/condition/compare.ts';
import { mangleName } from '../../unit/name-escape.ts';
import { formatTimeSpan, USEC_PER_MSEC } from '../../unit/value/time-span.ts';
import { ask } from '../control-client.ts';
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { type BootTimes, bootTimes, RELATIONS, type UnitTimes } from './boot-facts.ts';

export interface BootAsked {
  /** `dot`: which relations. */
  readonly relations: 'all' | 'order' | 'require';
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly quiet: boolean;
}

const span = (usec: number): string => formatTimeSpan(usec, USEC_PER_MSEC);
/** Units of a chain; longer ones are cut. */
const CHAIN_MAX = 100;

function defaultTarget({ sys }: Program): string {
  for (const reply of ask(sys, { verb: 'get-default' })) if (reply.is === 'default-target') return reply.unit;
  return 'default.target';
}

/** @throws UsageError while the machine is still starting */
function booted(program: Program): { boot: BootTimes; target: UnitTimes } {
  const boot = bootTimes(program);
  const target = boot.units.get(defaultTarget(program));
  if (target === undefined || target.activated === 0)
    throw new UsageError(
      "Bootup is not yet finished (org.freedesktop.systemd1.Manager.FinishTimestampMonotonic=0).\nPlease try again later.\nHint: Use 'systemctl list-jobs' to see active jobs",
    );
  return { boot, target };
}

export function time(program: Program): number {
  const { boot, target } = booted(program);
  const own = target.activated - boot.userspace;
  const parts = `${span(boot.userspace)} (kernel) + ${span(own)} (userspace)`;
  program.out(`Startup finished in ${parts} = ${span(target.activated)} \n`);
  program.out(`${target.id} reached after ${span(own)} in userspace.\n`);
  return 0;
}

export function blame(program: Program): number {
  const rows = [...booted(program).boot.units.values()]
    .filter((unit) => span(unit.took) !== '0')
    .sort((a, b) => b.took - a.took);
  const width = Math.max(0, ...rows.map((unit) => span(unit.took).length));
  program.out(rows.map((unit) => `${span(unit.took).padStart(width)} ${unit.id}\n`).join(''));
  return 0;
}

/** What a unit had to wait for: of those before it, the one that was active last. Pure. */
export function lastBefore({ units }: BootTimes, unit: UnitTimes): UnitTimes | null {
  let last: UnitTimes | null = null;
  for (const name of unit.relations.get('After') ?? []) {
    const other = units.get(name);
    if (other === undefined || other.activated === 0 || other.activated > unit.activated) continue;
    if (last === null || other.activated > last.activated) last = other;
  }
  return last;
}

function chainLine(program: Program, unit: UnitTimes, userspace: number): string {
  const { colours } = program;
  const at = (usec: number) => `@${span(Math.max(usec - userspace, 0))}`;
  if (unit.took >= USEC_PER_MSEC)
    return `${colours.boldRed}${unit.id} ${at(unit.activating)} +${span(unit.took)}${colours.normal}`;
  return unit.activated > 0 ? `${unit.id} ${at(unit.activated)}` : unit.id;
}

export function criticalChain(program: Program, words: readonly string[]): number {
  const { boot, target } = booted(program);
  program.out(`The time when unit became active or started is printed after the "@" character.
The time the unit took to start is printed after the "+" character.

`);
  for (const word of words.length === 0 ? [target.id] : words) {
    const mangled = mangleName(word, '.service', false);
    const name = mangled.is === 'name' ? mangled.name : word;
    let unit = boot.units.get(name) ?? null;
    if (unit === null) throw new UsageError(`Failed to get ID: Unit ${name} not loaded.`);
    const seen = new Set<string>();
    for (let depth = 0; unit !== null && depth < CHAIN_MAX && !seen.has(unit.id); depth++) {
      seen.add(unit.id);
      const lead = depth === 0 ? '' : `${'  '.repeat(depth - 1)}${program.glyphs.last}`;
      program.out(`${lead}${chainLine(program, unit, boot.userspace)}\n`);
      unit = lastBefore(boot, unit);
    }
  }
  return 0;
}

const LEGEND = `   Color legend: black     = Requires
                 dark blue = Requisite
                 gold      = BindsTo
                 dark grey = Wants
                 red       = Conflicts
                 green     = After
`;

export function dot(program: Program, patterns: readonly string[], asked: BootAsked): number {
  const { units } = bootTimes(program);
  const matcher = (globs: readonly string[]) => {
    const expressions = globs.map(nameExpression);
    return (name: string) => expressions.length === 0 || expressions.some((one) => one.test(name));
  };
  const [either, from, to] = [matcher(patterns), matcher(asked.from), matcher(asked.to)];
  const wanted = Object.entries(RELATIONS).filter(
    ([property]) => asked.relations === 'all' || (property === 'After') === (asked.relations === 'order'),
  );
  program.out('digraph systemd {\n');
  for (const unit of units.values())
    for (const [property, colour] of wanted)
      for (const other of unit.relations.get(property) ?? []) {
        if (!(either(unit.id) || either(other)) || !from(unit.id) || !to(other)) continue;
        program.out(`\t"${unit.id}"->"${other}" [color="${colour}"];\n`);
      }
  program.out('}\n');
  if (asked.quiet) return 0;
  program.err(LEGEND.trimEnd());
  if (program.isTerminal(1))
    program.err(
      "-- You probably want to process this output with graphviz' dot tool.\n-- Try a shell pipeline like 'systemd-analyze dot | dot -Tsvg > systemd.svg'!",
    );
  return 0;
}
