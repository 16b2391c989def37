/** Readers for resource control. Facts: systemd.resource-control(5). */
import { parseBoolean } from '../value/scalar.ts';
import { parsePercent, parseSize } from '../value/size.ts';
import type { Reader } from './directive.ts';

/** Bytes, or a share of the machine's memory in hundredths of a percent (resolved where it is applied). */
export type MemoryAmount = number | { readonly share: number };

/** Of a lower bound, 0 is allowed and the default; of an upper one, infinity is. */
export function memory(bound: 'lower' | 'upper' | 'swap'): Reader<MemoryAmount> {
  return (value, at) => {
    if (value === '') return bound === 'lower' ? 0 : Number.POSITIVE_INFINITY;
    if (value === 'infinity') return Number.POSITIVE_INFINITY;
    if (at.key === 'MemoryLimit')
      at.warn('Unit uses MemoryLimit=; please use MemoryMax= instead. Support for MemoryLimit= will be removed soon.');
    const share = parsePercent(value);
    if (share !== null && share <= 10_000) return { share };
    const size = parseSize(value);
    if (size === null) at.warn(`Invalid memory limit '${value}', ignoring: Invalid argument`);
    else if (size === 0 && bound === 'upper') at.warn(`Memory limit '${value}' out of range, ignoring.`);
    else return size;
    return undefined;
  };
}

export const tasksMax =
  (initial: MemoryAmount): Reader<MemoryAmount> =>
  (value, at) => {
    if (value === '') return initial;
    if (value === 'infinity') return Number.POSITIVE_INFINITY;
    const share = parsePercent(value);
    if (share !== null) return { share };
    if (!/^\d+$/.test(value)) at.warn(`Invalid maximum tasks value '${value}', ignoring: Invalid argument`);
    else if (Number(value) === 0) at.warn(`Maximum tasks value '${value}' out of range, ignoring.`);
    else return Number(value);
    return undefined;
  };

/** µs of CPU time a second; infinity when unset. */
export const cpuQuota: Reader<number> = (value, at) => {
  if (value === '') return Number.POSITIVE_INFINITY;
  const share = parsePercent(value);
  if (share !== null && share > 0) return share * 100;
  at.warn(`Invalid CPU quota '${value}', ignoring.`);
  return undefined;
};

/** null when unset. */
export function weight(failure: string): Reader<number | 'idle' | null> {
  return (value, at) => {
    if (value === '') return null;
    if (value === 'idle' && failure.includes('CPU')) return 'idle';
    const number = /^\d+$/.test(value) ? Number(value) : 0;
    if (number >= 1 && number <= 10_000) return number;
    at.warn(`${failure}, ignoring: ${value}`);
    return undefined;
  };
}

/** Controllers that a unit may be given, in the order `show` prints them. */
export const CONTROLLERS = ['cpu', 'cpuset', 'io', 'memory', 'pids'] as const;
export type Controller = (typeof CONTROLLERS)[number];

export interface Delegation {
  readonly on: boolean;
  readonly controllers: readonly Controller[];
}
export const delegate: Reader<Delegation> = (value, at, before) => {
  if (value === '') return { on: true, controllers: [] };
  const flag = parseBoolean(value);
  if (flag !== null) return { on: flag, controllers: flag ? CONTROLLERS : [] };
  const wanted = new Set<Controller>(before.controllers);
  for (const word of value.split(/\s+/)) {
    const known = CONTROLLERS.find((controller) => controller === word);
    if (known !== undefined) wanted.add(known);
    else if (!['cpuacct', 'blkio', 'devices', 'bpf-firewall', 'bpf-devices'].includes(word))
      at.warn(`Invalid controller name '${word}', ignoring`);
  }
  return { on: true, controllers: CONTROLLERS.filter((controller) => wanted.has(controller)) };
};
