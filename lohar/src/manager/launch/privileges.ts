/** Credentials and capabilities of a command as system calls of its child. Facts: systemd.exec(5), capabilities(7). */

import { becomeUser, noNewPrivileges } from '@bhatti/runtime/linux/child-calls.ts';
import * as c from '@bhatti/runtime/linux/constants.ts';
import type { ChildCall } from '@bhatti/runtime/sys.ts';
import type { Settings } from '../../unit/directive/tables.ts';
import { CAPABILITIES_ALL, capabilityNumber } from '../../unit/value/capability.ts';
import type { Identity } from './identity.ts';

const EXIT_CAPABILITIES = 218;
const CAPABILITY_VERSION = 0x20080522;

const prctl = (option: number, ...args: number[]): ChildCall => ({
  call: 'prctl',
  exit: EXIT_CAPABILITIES,
  args: [option, ...args, ...Array<number>(4 - args.length).fill(0)],
});

/** The bounding set with what other settings take away. */
export function boundingSet(settings: Settings): bigint {
  const taken: string[] = [
    ...(settings.ProtectKernelModules ? ['cap_sys_module'] : []),
    ...(settings.ProtectKernelLogs ? ['cap_syslog'] : []),
    ...(settings.ProtectClock ? ['cap_sys_time', 'cap_wake_alarm'] : []),
    ...(settings.PrivateDevices ? ['cap_mknod', 'cap_sys_rawio'] : []),
  ];
  return taken.reduce(
    (set, name) => set & ~(1n << BigInt(capabilityNumber(name) ?? 0)),
    settings.CapabilityBoundingSet,
  );
}

/** `+`: nothing of this at all. */
export function privilegeCalls(settings: Settings, identity: Identity, full: boolean): ChildCall[] {
  if (full) return [];
  const bounding = boundingSet(settings);
  const ambient = settings.AmbientCapabilities;
  const calls: ChildCall[] = [];
  for (const bit of bitsOf(CAPABILITIES_ALL & ~bounding))
    calls.push({ ...prctl(c.PR_CAPBSET_DROP, bit), optional: true });
  const keeps = ambient !== 0n && identity.uid !== 0;
  if (keeps) calls.push(prctl(c.PR_SET_KEEPCAPS, 1));
  if (identity.switches) calls.push(...becomeUser(identity));
  if (ambient !== 0n) calls.push(...raise(ambient, identity.uid === 0 ? bounding : ambient));
  if (settings.NoNewPrivileges) calls.push(noNewPrivileges());
  return calls;
}

/** Ambient capabilities must be permitted and inheritable first. */
function raise(ambient: bigint, permitted: bigint): ChildCall[] {
  const header = new Uint8Array(new Uint32Array([CAPABILITY_VERSION, 0]).buffer);
  const low = (set: bigint): number => Number(set & 0xffff_ffffn);
  const high = (set: bigint): number => Number(set >> 32n);
  const words = [low(permitted), low(permitted), low(ambient), high(permitted), high(permitted), high(ambient)];
  const data = new Uint8Array(new Uint32Array(words).buffer);
  return [
    { call: 'capset', exit: EXIT_CAPABILITIES, args: [header, data] },
    ...bitsOf(ambient).map((bit) => prctl(c.PR_CAP_AMBIENT, c.PR_CAP_AMBIENT_RAISE, bit)),
  ];
}

function bitsOf(set: bigint): number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < 64; bit++) if ((set >> BigInt(bit)) & 1n) bits.push(bit);
  return bits;
}
