/**
 * From a machine on disk to one that goes on:
 *
 *   QEMU loads devices, maps the memory, stands still --saved becomes spent--> processors go on --> guest is woken
 *
 * Whatever fails before the processors go on leaves what was saved as it was, and no process.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Progress, VmSpec, WakeReport } from '../../ports/engine.ts';
import { Keeper } from '../keeper/control.ts';
import type { MachineNetwork, NoNetwork } from '../network/network.ts';
import type { EngineSettings } from '../settings.ts';
import { machineKey, type TemplateFacts } from '../template/template-key.ts';
import { relativeTo } from '../vm/bring-up.ts';
import { within } from '../vm/deadline.ts';
import type { VmRecord } from '../vm/folder.ts';
import { launchJob } from '../vm/launch-job.ts';
import { Timings } from '../vm/timings.ts';
import { Vm } from '../vm/vm.ts';
import { wakeGuest } from '../vm/wake-guest.ts';
import { readSaved, removeSaved, type SavedState, spendSaved } from './saved-state.ts';

const POLL_MS = 2;

export interface LoadOrder {
  readonly spec: VmSpec;
  readonly folder: string;
  readonly record: VmRecord;
  readonly facts: TemplateFacts;
  readonly network: MachineNetwork | NoNetwork;
  readonly settings: EngineSettings;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface Loaded {
  readonly vm: Vm;
  readonly report: WakeReport;
}

/** @throws BhattiError saved.broken | saved.foreign | engine.failed | engine.boot-timeout | operation.cancelled */
export async function loadMachine(order: LoadOrder): Promise<Loaded> {
  const { folder, facts, network, settings, signal, spec } = order;
  const timings = new Timings();
  const atMs = Date.now();
  const saved = await readSaved(folder, machineKey(facts), 'why' in network ? 'none' : 'user');
  timings.mark('check');
  signal.throwIfAborted();
  const keeper = await Keeper.start(settings.keeper, folder, launchJob(machineOf(order, saved)));
  timings.mark('spawn');
  const vm = new Vm(folder, keeper);
  const limits = { timeoutMs: settings.forkTimeoutMs, signal };
  const greeting = vm.agent(); // QEMU waits for a client before it loads
  greeting.catch(() => undefined);
  let goesOn = false;
  try {
    await within(untilLoaded(vm), `load ${spec.hostname}`, limits);
    timings.mark('load');
    await spendSaved(folder);
    goesOn = true;
    await vm.goOn();
    const agent = await within(greeting, `wake ${spec.hostname}`, limits);
    timings.mark('hello');
    const sleptMs = Date.now() - saved.stoppedMs;
    const steps = await wakeGuest(agent, sleptMs);
    timings.mark('wake');
    await removeSaved(folder);
    return { vm, report: { from: 'cold', atMs, sleptMs, steps, timings: timings.all() } };
  } catch (error) {
    const { over } = vm;
    vm.kill();
    await vm.keeper.gone;
    if (goesOn) await removeSaved(folder);
    throw over === null ? error : didNotLoad(spec.hostname, over.reason, error);
  }
}

function machineOf({ spec, folder, record, facts, network, settings }: LoadOrder, saved: SavedState) {
  const { uid } = record;
  return {
    qemu: settings.qemu,
    shape: { ...facts.shape, cpus: spec.cpus, memoryMib: spec.memoryMib },
    layers: record.layers.map((layer) => ({ ...layer, path: relativeTo(folder, layer.path) })),
    begin: { from: 'state', state: saved.devices, memory: saved.memory, standStill: true },
    network: 'why' in network ? null : network,
    ...(uid === undefined ? {} : { user: { uid, gid: uid, groups: [] } }),
  } as const;
}

/** QEMU says nothing when it has loaded: it is asked. */
async function untilLoaded(vm: Vm): Promise<void> {
  const ended = vm.ended.then(({ reason }) => {
    throw new Error(reason);
  });
  ended.catch(() => undefined);
  const monitor = await Promise.race([vm.monitor(), ended]);
  for (;;) {
    const { status } = (await Promise.race([monitor.execute('query-status'), ended])) as { status?: unknown };
    if (status === 'paused') return;
    await pause(POLL_MS);
  }
}

function didNotLoad(name: string, why: string, cause: unknown): BhattiError {
  return new BhattiError('engine.failed', `cannot go on with ${name} from its saved memory: ${why}`, {
    remedy: `bhatti start --cold-boot ${name} boots its disk, as after a loss of power`,
    cause,
  });
}
