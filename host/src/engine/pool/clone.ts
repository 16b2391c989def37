/**
 * A fork that nobody has asked for yet.
 *
 *   prepareClone: fork, identity, fork units, first commands --stop--> waits, without a processor --takeClone--> a sandbox
 *
 * Machine-id, MAC address and all that fork units make are its own from the start, for it becomes one sandbox and never
 * two. What is known only when it is taken (name, environment, disk size, time) it gets then, with a fresh random seed.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Step } from '@bhatti/wire/messages.ts';
import type { VmReport, VmSpec } from '../../ports/engine.ts';
import type { MachineNetwork, NoNetwork } from '../network/network.ts';
import type { Template } from '../template/template-store.ts';
import { bringUp, type Order } from '../vm/bring-up.ts';
import { within } from '../vm/deadline.ts';
import { type VmRecord, writeRecord } from '../vm/folder.ts';
import { growDisk, prepareGuest } from '../vm/prepare-guest.ts';
import { rehearseCommands } from '../vm/rehearse-commands.ts';
import type { Timings } from '../vm/timings.ts';
import type { Vm } from '../vm/vm.ts';
import { BACKGROUND, ORDINARY, setNice } from './priority.ts';

const MIB = 1024 * 1024;
const ENTROPY_SIZE = 32;
/** The name of a clone until it is taken. */
export const WAITING_HOSTNAME = 'sandbox';

export interface Clone {
  readonly template: Template;
  readonly folder: string;
  readonly record: VmRecord;
  readonly vm: Vm;
  readonly network: MachineNetwork | NoNetwork;
  /** How it came up. */
  readonly report: VmReport;
  /** Memory that is its own and not its template's. */
  readonly residentMib: number;
}

export interface Taking {
  readonly spec: VmSpec;
  /** Of takenRecord(). */
  readonly record: VmRecord;
  /** Its folder from now on. */
  readonly folder: string;
  readonly timings: Timings;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** @throws BhattiError when it does not come up whole; nothing runs then, the folder is the caller's */
export async function prepareClone(order: Order & { template: Template }): Promise<Clone> {
  const { template, folder, record, network } = order;
  const { vm, report } = await bringUp({ ...order, spawned: (pid) => void setNice(pid, BACKGROUND) });
  try {
    const failed = [...report.hello.report, ...report.prepared].find(({ ok, name }) => !ok && name !== 'network');
    if (failed !== undefined) throw notWhole(failed);
    await within(rehearse(vm, order), 'rehearse', { timeoutMs: order.settings.forkTimeoutMs, signal: order.signal });
    return { template, folder, record, vm, network, report, residentMib: await residentMib(vm) };
  } catch (error) {
    vm.kill();
    await vm.keeper.gone;
    throw error;
  }
}

/** Goes the way that a taken clone will go, so that under emulation it is translated, then stops. */
async function rehearse(vm: Vm, { spec, record, network, facts }: Order): Promise<void> {
  const agent = await vm.agent();
  requireSeed(await prepareGuest(agent, { spec, record, network, growRoot: false, taken: freshSeed() }));
  await rehearseCommands(agent, facts.rehearsal);
  await vm.pause();
}

function notWhole({ name, error }: Step): BhattiError {
  return new BhattiError('engine.failed', `cannot prepare a clone: ${name}: ${error}`, {
    remedy: 'bhatti create, which tells the same of its sandbox',
  });
}

/** A lohar of an older image does not know of seeds at taking: no clone of it could ever be taken. */
function requireSeed(steps: readonly Step[]): void {
  const seed = steps.find(({ name }) => name === 'random seed');
  if (seed?.ok !== true) throw notWhole(seed ?? { name: 'random seed', ok: false, ms: 0, error: 'lohar is too old' });
}

function freshSeed(): { entropy: string } {
  return { entropy: randomBytes(ENTROPY_SIZE).toString('base64') };
}

/** Anonymous memory of its QEMU: a private mapping's own pages, the heap and translated code (proc(5)). */
async function residentMib({ keeper }: Vm): Promise<number> {
  const status = await readFile(`/proc/${keeper.state.child}/status`, 'utf8').catch(() => '');
  return Math.ceil(Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
}

/**
 * Makes a clone the sandbox of `spec`: its folder gets another name, its guest goes on. A daemon that dies in the middle
 * leaves it either a clone or a half-made sandbox, and the next one removes both.
 * @throws BhattiError; then the clone and its folder are the caller's to remove
 */
export async function takeClone(clone: Clone, taking: Taking): Promise<VmReport> {
  const { spec, record, timings } = taking;
  const [, prepared] = await within(
    Promise.all([move(clone, record, taking.folder), goOn(clone, record, spec)]),
    `start ${spec.hostname}`,
    taking,
  );
  timings.mark('taken');
  const late = new Set(prepared.map(({ name }) => name));
  const ahead = clone.report.prepared.filter(({ name }) => !late.has(name));
  return {
    ...clone.report,
    from: 'pool',
    hello: { ...clone.report.hello, report: [] },
    prepared: [...ahead, ...prepared],
    timings: timings.all(),
  };
}

/** What is known of a clone once it is the sandbox `id`: its disk layers lie in the folder that is renamed. */
export function takenRecord({ folder: from, record }: Clone, id: string, to: string): VmRecord {
  const moved = (path: string): string => (path.startsWith(`${from}/`) ? join(to, path.slice(from.length + 1)) : path);
  return {
    ...record,
    id,
    layers: record.layers.map((layer) => ({ ...layer, path: moved(layer.path) })),
    ...(record.kernel === undefined ? {} : { kernel: moved(record.kernel) }),
  };
}

async function move(clone: Clone, record: VmRecord, folder: string): Promise<void> {
  await writeRecord(clone.folder, record);
  await rename(clone.folder, folder);
  clone.vm.movedTo(folder);
}

/** The guest finds the request when it goes on: before anything else of lohar's runs, seed and clock are right. */
async function goOn({ vm, template, network }: Clone, record: VmRecord, spec: VmSpec): Promise<Step[]> {
  const agent = await vm.agent();
  const { child } = vm.keeper.state;
  if (child !== undefined) await setNice(child, ORDINARY);
  const growRoot = spec.diskMib * MIB > template.diskBytes;
  const going = vm.goOn();
  if (growRoot) await growDisk(vm, agent, { spec, record });
  const preparing = prepareGuest(agent, { spec, record, network, growRoot, taken: freshSeed() });
  const [steps] = await Promise.all([preparing, going]);
  requireSeed(steps);
  return steps;
}
