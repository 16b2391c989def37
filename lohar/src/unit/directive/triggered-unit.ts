import { nameKind } from '../name.ts';
import { resolved } from './basic-readers.ts';
import type { Reader } from './directive.ts';

/** The unit that a timer or a path starts. */
export const triggeredUnit: Reader<string> = (value, at, before) => {
  if (value === '') return undefined;
  if (before !== '') {
    at.warn(`Multiple units to trigger specified, ignoring: ${value}`);
    return undefined;
  }
  const name = resolved(value, at);
  if (name === null) return undefined;
  if (nameKind(name) === 'plain' || nameKind(name) === 'instance') return name;
  at.warn(`Unit type not valid, ignoring: ${value}`);
  return undefined;
};
