/** Loopback and eth0. Every sandbox has QEMU's user network of its own, so the addresses are the same in all. */
import type { Sys } from '@bhatti/runtime/sys.ts';

export const INTERFACE = 'eth0';
/** QEMU user networking's defaults (qemu(1), -netdev user). */
export const ADDRESS = '10.0.2.15';
/** As /proc/net/tcp has it: a number of a little-endian machine (proc(5)). */
export const ADDRESS_WORD = '0F02000A';
const GATEWAY = '10.0.2.2';
const PREFIX = 24;

/** @returns one line for each thing that did not work; a machine without eth0 is not one of them */
export function bringUpNetwork(sys: Sys): string[] {
  const failures: string[] = [];
  const attempt = (what: string, run: () => void): void => {
    try {
      run();
    } catch (error) {
      failures.push(`${what}: ${String(error)}`);
    }
  };
  attempt('loopback', () => {
    sys.setAddress('lo', '127.0.0.1', 8);
    sys.setUp('lo');
  });
  if (!sys.access(`/sys/class/net/${INTERFACE}`, 0)) return failures;
  attempt('IPv6', () => {
    // nothing is reachable over it, and a link-local address would outlive the template's MAC in every fork
    const setting = `/proc/sys/net/ipv6/conf/${INTERFACE}/disable_ipv6`;
    if (sys.access(setting, 0)) sys.writeFile(setting, '1');
  });
  attempt(INTERFACE, () => {
    sys.setAddress(INTERFACE, ADDRESS, PREFIX);
    sys.setUp(INTERFACE);
  });
  attempt('default route', () => {
    if (!hasDefaultRoute(sys)) sys.addDefaultRoute(GATEWAY);
  });
  return failures;
}

function hasDefaultRoute(sys: Sys): boolean {
  const table = new TextDecoder().decode(sys.readFile('/proc/net/route', 64 * 1024));
  // the second column is the destination in hex: all zero is the default route
  return table.split('\n').some((line) => line.split('\t')[1] === '00000000');
}
