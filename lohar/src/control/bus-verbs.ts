/** What PID 1 and the program that reads the system bus tell each other, for services of Type=dbus. */
import type { UnitManager } from '../manager/unit-manager.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { Client } from './conversation.ts';
import type { Request } from './protocol.ts';

/** Names told on one connection; the program ends at fewer, and asks anew. */
const NAMES_MAX = 8192;

export interface BusVerbsPort {
  readonly manager: UnitManager;
}

/** The name that a service comes and goes with; '' for all other units. */
function busNameOf({ config: { type, load, settings } }: Unit): string {
  return type === 'service' && load === 'loaded' && settings.Type === 'dbus' ? settings.BusName : '';
}

/** Tells names of units that are not down, now and whenever one begins to start. */
export function answerBusNames(client: Client, { manager }: BusVerbsPort): void {
  const told = new Set<string>();
  const tell = (unit: Unit): void => {
    const name = unit.isDown ? '' : busNameOf(unit);
    if (name === '' || told.has(name) || told.size >= NAMES_MAX) return;
    told.add(name);
    client.reply({ is: 'bus-name', name });
  };
  client.onClose(manager.onChange(tell));
  for (const unit of manager.registry.all()) tell(unit);
}

export function answerBusOwner(
  { name, owner }: Extract<Request, { verb: 'bus-owner' }>,
  client: Client,
  { manager }: BusVerbsPort,
): void {
  for (const unit of manager.registry.all())
    if (name !== '' && busNameOf(unit) === name) manager.services.get(unit)?.send({ is: 'bus-owner', owner });
  client.end();
}
