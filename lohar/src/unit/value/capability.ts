/** Capabilities by name; sets as bit masks. Facts: capabilities(7), linux/capability.h (up to CAP_CHECKPOINT_RESTORE). */

const NAMES: readonly string[] = [
  'cap_chown',
  'cap_dac_override',
  'cap_dac_read_search',
  'cap_fowner',
  'cap_fsetid',
  'cap_kill',
  'cap_setgid',
  'cap_setuid',
  'cap_setpcap',
  'cap_linux_immutable',
  'cap_net_bind_service',
  'cap_net_broadcast',
  'cap_net_admin',
  'cap_net_raw',
  'cap_ipc_lock',
  'cap_ipc_owner',
  'cap_sys_module',
  'cap_sys_rawio',
  'cap_sys_chroot',
  'cap_sys_ptrace',
  'cap_sys_pacct',
  'cap_sys_admin',
  'cap_sys_boot',
  'cap_sys_nice',
  'cap_sys_resource',
  'cap_sys_time',
  'cap_sys_tty_config',
  'cap_mknod',
  'cap_lease',
  'cap_audit_write',
  'cap_audit_control',
  'cap_setfcap',
  'cap_mac_override',
  'cap_mac_admin',
  'cap_syslog',
  'cap_wake_alarm',
  'cap_block_suspend',
  'cap_audit_read',
  'cap_perfmon',
  'cap_bpf',
  'cap_checkpoint_restore',
];
export const CAPABILITIES_ALL: bigint = (1n << BigInt(NAMES.length)) - 1n;

/** The bit's number, null when there is no such capability. */
export function capabilityNumber(name: string): number | null {
  const index = NAMES.indexOf(name.toLowerCase());
  return index < 0 ? null : index;
}

/** `cap_chown cap_kill` */
export function formatCapabilities(set: bigint): string {
  return NAMES.filter((_, bit) => (set >> BigInt(bit)) & 1n).join(' ');
}

/**
 * One line of CapabilityBoundingSet= or AmbientCapabilities=: words add to what was given before (or replace the
 * untouched default), `~` takes them away, nothing empties the set.
 * @returns the set and words that are no capabilities
 */
export function parseCapabilities(
  text: string,
  before: bigint,
  initial: bigint,
): { readonly set: bigint; readonly unknown: readonly string[] } {
  const invert = text.startsWith('~');
  const words = (invert ? text.slice(1) : text).split(/\s+/).filter((word) => word !== '');
  let named = 0n;
  const unknown: string[] = [];
  for (const word of words) {
    const number = capabilityNumber(word);
    if (number === null) unknown.push(word);
    else named |= 1n << BigInt(number);
  }
  const untouched = before === initial;
  if (words.length === 0) return { set: invert ? CAPABILITIES_ALL : 0n, unknown };
  if (untouched) return { set: invert ? CAPABILITIES_ALL & ~named : named, unknown };
  return { set: invert ? before & ~named : before | named, unknown };
}
