/**
 * D-Bus activation of units. The bus asks org.freedesktop.systemd1 with the signal ActivationRequest to start the unit
 * that the SystemdService= of a name's file says, and hears of a start that cannot be by the signal ActivationFailure;
 * its callers get that error. Facts: bus/activation.c and bus/driver.c of dbus 1.14, src/core/dbus.c of systemd 255.
 */
import type { Reply, Request } from '../control/protocol.ts';
import type { BusError } from '../unit/model.ts';
import { BUS } from './connection.ts';
import { type Draft, type Message, NO_REPLY } from './message.ts';

export const MANAGER_NAME = 'org.freedesktop.systemd1';
const MANAGER_PATH = '/org/freedesktop/systemd1';
const ACTIVATOR = `${MANAGER_NAME}.Activator`;
/** What a unit's name may be made of (unit-name.c); patterns are none. */
const UNIT_NAME = /^[\w:.\\@-]{1,255}$/;

/** Errors that are D-Bus's own; all others are systemd's. */
const COMMON: readonly string[] = [
  ...['AccessDenied', 'InvalidArgs', 'NotSupported', 'FileExists', 'FileNotFound', 'LimitsExceeded', 'Failed'],
];

/** The unit that the bus wants to be started; null when this is something else, or somebody else says it. */
export function requestedUnit({ type, sender, interface: from, member, args }: Message): string | null {
  if (type !== 'signal' || sender !== BUS.name || from !== ACTIVATOR || member !== 'ActivationRequest') return null;
  const unit = args?.[0];
  return typeof unit === 'string' ? unit : null;
}

/** null for what is no name of a unit. */
export function startRequest(unit: string): Request | null {
  if (!UNIT_NAME.test(unit)) return null;
  return { verb: 'job', job: 'start', names: [unit], mode: 'replace', block: false };
}

/** Why the unit cannot be started; null when its job is queued. */
export function refusalIn(replies: readonly Reply[]): BusError | null {
  for (const reply of replies) if (reply.is === 'failed' || reply.is === 'error') return reply.error;
  return null;
}

export function failureSignal(unit: string, { name, message }: BusError): Draft {
  const scope = COMMON.includes(name) ? 'org.freedesktop.DBus.Error' : MANAGER_NAME;
  return {
    ...{ type: 'signal', destination: BUS.name, path: MANAGER_PATH, interface: ACTIVATOR, member: 'ActivationFailure' },
    ...{ signature: 'sss', args: [unit, `${scope}.${name}`, message] },
  };
}

/** Whoever calls org.freedesktop.systemd1 is not left waiting: there is no Manager here. null: no answer is wanted. */
export function answerTo(call: Message): Draft | null {
  if (call.type !== 'call' || (call.flags & NO_REPLY) !== 0) return null;
  const to = { destination: call.sender, replySerial: call.serial };
  if (call.interface === 'org.freedesktop.DBus.Peer' && call.member === 'Ping') return { type: 'return', ...to };
  const text = `There is no method ${call.interface}.${call.member} here; ask systemctl.`;
  const errorName = 'org.freedesktop.DBus.Error.UnknownMethod';
  return { type: 'error', ...to, errorName, signature: 's', args: [text] };
}
