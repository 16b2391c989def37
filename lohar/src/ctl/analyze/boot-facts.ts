/** When units began to start and were active, by the monotonic clock, as PID 1 tells it. */
import { ask, propertiesIn } from '../control-client.ts';
import type { Program } from '../program.ts';

export interface UnitTimes {
  readonly id: string;
  /** Microseconds since the kernel began; 0 is never. */
  readonly activating: number;
  readonly activated: number;
  /** How long it took to start. */
  readonly took: number;
  readonly active: boolean;
  readonly relations: ReadonlyMap<string, readonly string[]>;
}

export interface BootTimes {
  readonly units: ReadonlyMap<string, UnitTimes>;
  /** When PID 1 had its first units. */
  readonly userspace: number;
}

/** Properties whose values are names of units, with the colours that `dot` draws them in. */
export const RELATIONS: Readonly<Record<string, string>> = {
  After: 'green',
  Requires: 'black',
  Requisite: 'darkblue',
  BindsTo: 'gold',
  Wants: 'grey66',
  Conflicts: 'red',
};
const STAMPS = ['InactiveExit', 'ActiveEnter', 'ActiveExit', 'InactiveEnter'] as const;
const PROPERTIES = [
  'Id',
  'ActiveState',
  ...STAMPS.map((name) => `${name}TimestampMonotonic`),
  ...Object.keys(RELATIONS),
];

/** How long a start took: to active, or to the end of what only runs once. Pure. */
export function startSpan(activating: number, activated: number, deactivated: number, deactivating: number): number {
  if (activating === 0) return 0;
  if (activated >= activating) return activated - activating;
  if (deactivated >= activating) return deactivated - activating;
  return deactivating >= activating ? deactivating - activating : 0;
}

export function bootTimes(program: Program): BootTimes {
  const units = new Map<string, UnitTimes>();
  for (const reply of ask(program.sys, { verb: 'show', names: ['*'], properties: PROPERTIES, empty: true })) {
    if (reply.is !== 'properties') continue;
    const unit = timesOf(reply.text.map(String).join(''));
    units.set(unit.id, unit);
  }
  const activated = [...units.values()].map((unit) => unit.activated).filter((usec) => usec > 0);
  return { units, userspace: activated.length === 0 ? 0 : Math.min(...activated) };
}

function timesOf(text: string): UnitTimes {
  const facts = propertiesIn(text);
  const [activating = 0, activated = 0, deactivated = 0, deactivating = 0] = STAMPS.map((name) =>
    Number(facts.get(`${name}TimestampMonotonic`) ?? 0),
  );
  const names = (property: string) => (facts.get(property) ?? '').split(' ').filter((name) => name !== '');
  return {
    ...{ id: facts.get('Id') ?? '', activating, activated },
    took: startSpan(activating, activated, deactivated, deactivating),
    active: facts.get('ActiveState') === 'active',
    relations: new Map(Object.keys(RELATIONS).map((property) => [property, names(property)])),
  };
}
