/**
 * What makes a guest right after a boot, a fork or a pause. The agent calls these before anything of the user's runs;
 * each is one step of the report that `bhatti inspect` shows. A step that fails is reported and the others go on.
 */
import type { Sys } from '@bhatti/runtime/sys.ts';
import type { PrepareRequest, Step, WakeRequest } from '@bhatti/wire/messages.ts';
import { decodeBase64 } from '../agent/base64.ts';
import { readText } from '../read-text.ts';
import { endDeadConnections } from './dead-connections.ts';
import { setHostname, setMac, setMachineId, setNameServer } from './identity.ts';
import { ADDRESS_WORD } from './network.ts';

const CMDLINE_SIZE_MAX = 64 * 1024;
const SECTOR_SIZE = 512;
const TABLE_SIZE_MAX = 16 * 1024 * 1024;

/** Runs one step and times it. */
function step(sys: Sys, name: string, run: () => void): Step {
  const start = sys.monotonicMs();
  // Whole numbers: writing a fraction down takes a waking guest a millisecond.
  const ms = (): number => Math.round(sys.monotonicMs() - start);
  try {
    run();
    return { name, ok: true, ms: ms() };
  } catch (error) {
    const text = error instanceof Error ? error.message : 'out of memory';
    return { name, ok: false, ms: ms(), error: text.slice(0, 500) };
  }
}

/** Fresh randomness and the host's clock: the first thing after every connection of a host. */
export function repairHello(sys: Sys, entropy: Uint8Array, realtimeMs: number): Step[] {
  return [step(sys, 'random seed', () => sys.reseed(entropy)), step(sys, 'clock', () => sys.setRealtime(realtimeMs))];
}

/** Identity, network and disk of one sandbox. */
export function repairPrepare(sys: Sys, request: PrepareRequest): Step[] {
  const { timeMs, taken } = request;
  const steps = [
    ...(taken === undefined ? [] : [step(sys, 'random seed', () => sys.reseed(decodeBase64(taken.entropy)))]),
    ...(timeMs === undefined ? [] : [step(sys, 'clock', () => sys.setRealtime(timeMs))]),
    step(sys, 'host name', () => setHostname(sys, request.hostname)),
    step(sys, 'machine id', () => setMachineId(sys, request.machineId)),
    step(sys, 'MAC address', () => setMac(sys, request.mac)),
    step(sys, 'name server', () => setNameServer(sys, request.dns)),
  ];
  if (request.newNetwork === true) steps.push(connectionsStep(sys));
  if (request.growRoot) steps.push(step(sys, 'root file system', () => growRoot(sys)));
  return steps;
}

/**
 * What a machine that stood still has missed. The clock comes first, for timers of wall time look at it.
 * @param slept told how many ms the monotonic clock did not count
 */
export function repairWake(sys: Sys, request: WakeRequest, slept: (ms: number) => void): Step[] {
  const { entropy, newNetwork, sleptMs, timeMs } = request;
  return [
    ...(entropy === undefined ? [] : [step(sys, 'random seed', () => sys.reseed(decodeBase64(entropy)))]),
    step(sys, 'clock', () => sys.setRealtime(timeMs)),
    step(sys, 'timers', () => slept(sleptMs)),
    ...(newNetwork === true ? [connectionsStep(sys)] : []),
  ];
}

/** Most forks have none: that part of the program is not read for them. */
const connectionsStep = (sys: Sys): Step =>
  step(sys, 'dead connections', () => {
    for (const file of ['tcp', 'tcp6']) {
      const table = readText(sys, `/proc/net/${file}`, TABLE_SIZE_MAX);
      if (table.includes(ADDRESS_WORD)) endDeadConnections(sys, table);
    }
  });

/** Grows the mounted root to its disk; nothing happens when it fills it already. */
function growRoot(sys: Sys): void {
  const text = (path: string): string => new TextDecoder().decode(sys.readFile(path, CMDLINE_SIZE_MAX)).trim();
  const device = /(?:^|\s)root=\/dev\/([a-z0-9]+)/.exec(text('/proc/cmdline'))?.[1];
  if (!device) throw new Error('the kernel command line names no root device');
  const size = Number(text(`/sys/class/block/${device}/size`)) * SECTOR_SIZE;
  sys.resizeExt4('/', Math.floor(size / sys.statfs('/').blockSize));
}
