/**
 * From a machine on disk to one that goes on:
 *
 *   QEMU loads devices, maps the memory, stands still --saved becomes spent--> processors go on --> guest is woken
 *
 * Whatever fails before the processors go on leaves what was saved as it was, and no process.
 */
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { WakeReport } from '../../ports/engine.ts';
import { Keeper } from '../keeper/control.ts';
import { machineKey } from '../template/template-key.ts';
import { machineOf, type Order } from '../vm/bring-up.ts';
import { within } from '../vm/deadline.ts';
import { launchJob } from '../vm/launch-job.ts';
import { Timings } from '../vm/timings.ts';
import { untilLoaded } from '../vm/until-loaded.ts';
import { Vm } from '../vm/vm.ts';
import { wakeGuest } from '../vm/wake-guest.ts';
import { readSaved, removeSaved, spendSaved } from './saved-state.ts';

export type LoadOrder = Omit<Order, 'template' | 'timings' | 'progress' | 'spawned'>;

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
  const begin = { from: 'state', state: saved.devices, memory: saved.memory, standStill: true } as const;
  const keeper = await Keeper.start(settings.keeper, folder, launchJob(machineOf(order, begin)));
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
    const steps = await wakeGuest(agent, sleptMs, true);
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

function didNotLoad(name: string, why: string, cause: unknown): BhattiError {
  return new BhattiError('engine.failed', `cannot go on with ${name} from its saved memory: ${why}`, {
    remedy: `bhatti start --cold-boot ${name} boots its disk, as after a loss of power`,
    cause,
  });
}
