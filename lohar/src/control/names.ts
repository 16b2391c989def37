/** From names as typed to units: suffixes, escaping, aliases, globs over what is loaded (lines 17 to 19, 153). */
import { nameExpression } from '../unit/condition/compare.ts';
import type { UnitRegistry } from '../unit/graph/registry.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { BusError } from '../unit/model.ts';
import { nameKind } from '../unit/name.ts';
import { mangleName } from '../unit/name-escape.ts';
import type { Client } from './conversation.ts';

export interface Named {
  /** As typed, or the unit's id for a match of a pattern. */
  readonly name: string;
  /** With its suffix. */
  readonly unit: string;
}

/** Plain names first, then what patterns match; names that can be none at all are answered here. */
export function resolveNames(typed: readonly string[], registry: UnitRegistry, client: Client): Named[] {
  const plain: Named[] = [];
  const patterns: string[] = [];
  for (const name of typed) {
    const mangled = mangleName(name, '.service', true);
    if (mangled.is === 'bad') {
      client.reply({ is: 'failed', name, unit: name, error: invalidName(name) });
      continue;
    }
    const to = mangled.is === 'glob' ? mangled.pattern : mangled.name;
    if (mangled.escaped) client.reply({ is: 'escaped', from: name, to: withoutAddedSuffix(name, to) });
    if (mangled.is === 'glob') patterns.push(to);
    else plain.push({ name, unit: to });
  }
  return [...plain, ...matchUnits(patterns, registry).map((unit) => ({ name: unit.id, unit: unit.id }))];
}

/** The escaped form is shown as it was typed, without a suffix. */
function withoutAddedSuffix(from: string, to: string): string {
  return to.endsWith('.service') && !from.endsWith('.service') ? to.slice(0, -'.service'.length) : to;
}

export function matchUnits(patterns: readonly string[], registry: UnitRegistry): Unit[] {
  if (patterns.length === 0) return [];
  const expressions = patterns.map(nameExpression);
  return [...registry.all()].filter((unit) =>
    unit.config.names.some((name) => expressions.some((one) => one.test(name))),
  );
}

export function invalidName(name: string): BusError {
  return { name: 'InvalidArgs', message: `Unit name ${name} is not valid.` };
}

/** A template cannot do anything by itself. */
export function templateError(unit: string): BusError | null {
  if (nameKind(unit) !== 'template') return null;
  return { name: 'InvalidArgs', message: `Unit name ${unit} is missing the instance name.` };
}
