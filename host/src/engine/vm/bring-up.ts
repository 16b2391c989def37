/**
 * From a spec to a guest that is its own: a fork of a template, or a boot from power-on.
 *
 *   files --> keeper and QEMU --> hello (seed, clock) --> prepare (identity, network, disk) --> booted
 *
 * Whatever fails leaves no process; the folder is the caller's.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Step } from '@bhatti/wire/messages.ts';
import type { Progress, VmReport, VmSpec } from '../../ports/engine.ts';
import type { ForkBase } from '../branch/fork-base.ts';
import { Keeper } from '../keeper/control.ts';
import type { AgentLink } from '../link/agent-link.ts';
import type { MachineNetwork, NoNetwork } from '../network/network.ts';
import { qcow2Overlay } from '../qemu/qcow2.ts';
import type { EngineSettings } from '../settings.ts';
import type { TemplateFacts } from '../template/template-key.ts';
import { within } from './deadline.ts';
import type { Ended } from './exit-reason.ts';
import { DISK_FILE, type LayerFile, linkLayers, pinImage, type VmRecord } from './folder.ts';
import { launchJob, type Machine } from './launch-job.ts';
import { growDisk, prepareGuest } from './prepare-guest.ts';
import type { Timings } from './timings.ts';
import { Vm } from './vm.ts';
import { wakeGuest } from './wake-guest.ts';

const MIB = 1024 * 1024;
const SLEPT_MS_MIN = 1000;

/** Everything one start of a machine needs to know. */
export interface Order {
  readonly spec: VmSpec;
  readonly folder: string;
  readonly record: VmRecord;
  readonly facts: TemplateFacts;
  /** Null: from power-on. */
  readonly template: ForkBase | null;
  readonly network: MachineNetwork | NoNetwork;
  readonly settings: EngineSettings;
  readonly timings: Timings;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Told of QEMU's process once it runs, before its guest does. */
  readonly spawned?: (pid: number) => void;
}

export interface BroughtUp {
  readonly vm: Vm;
  readonly report: VmReport;
}

/** What makes a sandbox itself, chosen once in its life. */
export function freshIdentity(): { machineId: string; mac: string } {
  const mac = [0x02, ...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, '0')).join(':'); // locally administered
  return { machineId: randomBytes(16).toString('hex'), mac };
}

/** Puts the disk of a new machine into its folder. @returns its layers, the lowest first */
export async function makeDisk(spec: VmSpec, folder: string, template: ForkBase | null): Promise<LayerFile[]> {
  const below = template === null ? [await pinImage(spec.image, folder)] : await linkLayers(template.layers, folder);
  const backing = below.at(-1);
  if (backing === undefined) throw new Error('a template without a disk');
  const disk: LayerFile = { path: join(folder, DISK_FILE), format: 'qcow2' };
  // A fork's guest knows the template's size until it is told another.
  const virtualSize = template?.diskBytes ?? spec.diskMib * MIB;
  await writeFile(disk.path, qcow2Overlay({ virtualSize, backing }), { mode: 0o600, flag: 'wx' });
  return [...below, disk];
}

/** @throws BhattiError engine.failed | engine.boot-timeout | operation.cancelled | sandbox.crashed; nothing runs then */
export async function bringUp(order: Order): Promise<BroughtUp> {
  const { folder, settings, timings, template, signal, spec } = order;
  signal.throwIfAborted();
  const keeper = await Keeper.start(settings.keeper, folder, launchJob(machineOf(order, beginOf(order))));
  timings.mark('spawn');
  if (keeper.state.child !== undefined) order.spawned?.(keeper.state.child);
  const vm = new Vm(folder, keeper);
  const timeoutMs = template === null ? settings.bootTimeoutMs : settings.forkTimeoutMs;
  try {
    return await within(introduce(vm, order), `start ${spec.hostname}`, { timeoutMs, signal });
  } catch (error) {
    const { over } = vm;
    vm.kill();
    await vm.keeper.gone;
    throw over === null ? error : didNotStart(spec.hostname, over, error);
  }
}

function didNotStart(name: string, over: Ended, cause: unknown): BhattiError {
  return new BhattiError('engine.failed', `cannot start ${name}: ${over.reason}`, {
    remedy: 'the image or its kernel may be broken: bhatti tier build makes it anew',
    cause,
  });
}

function beginOf({ spec, facts, template }: Order): Machine['begin'] {
  if (template === null) return { from: 'power-on', kernel: spec.kernel, commandLine: facts.commandLine };
  const { state, memory, live } = template;
  return { from: 'state', state, memory, ...(live ? { standStill: true } : {}) };
}

/** What QEMU is started with, wherever the machine begins. */
export function machineOf(
  { record, facts, network, settings, folder }: Pick<Order, 'record' | 'facts' | 'network' | 'settings' | 'folder'>,
  begin: Machine['begin'],
): Machine {
  const { uid } = record;
  return {
    qemu: settings.qemu,
    shape: facts.shape,
    layers: record.layers.map((layer) => ({ ...layer, path: relativeTo(folder, layer.path) })),
    begin,
    network: 'why' in network ? null : network,
    ...(uid === undefined ? {} : { user: { uid, gid: uid, groups: [] } }),
  };
}

/** The keeper works in the folder: short names there, whole paths elsewhere. */
function relativeTo(folder: string, path: string): string {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

async function introduce(vm: Vm, order: Order): Promise<BroughtUp> {
  const { facts, template, timings, progress } = order;
  if (template === null) progress.step('boot');
  const agent = template?.live ? await vm.greetLoaded() : await vm.agent();
  timings.mark('hello');
  const seed = agent.hello.report.find((step) => step.name === 'random seed');
  if (template !== null && seed?.ok === false) throw badSeed(seed.error ?? 'unknown');
  const larger = grows(order);
  if (larger) await growDisk(vm, agent, order);
  const growRoot = template === null || larger; // 50 ms of a fork's way to its first answer
  const prepared = await prepareGuest(agent, { ...order, growRoot, newNetwork: template?.live !== undefined });
  if (template?.live) prepared.push(...(await missed(agent, template.live.atMs)));
  timings.mark('prepare');
  if (template === null) {
    progress.step('start its units');
    await vm.booted;
    timings.mark('booted');
  }
  const report: VmReport = {
    from: template === null ? 'cold' : template.live ? 'fork' : 'template',
    accelerator: facts.shape.accelerator,
    hello: agent.hello,
    prepared,
    timings: timings.all(),
  };
  return { vm, report };
}

/** What came due while it stood still for longer than a copy takes. */
async function missed(agent: AgentLink, atMs: number): Promise<readonly Step[]> {
  const sleptMs = Date.now() - atMs;
  return sleptMs < SLEPT_MS_MIN ? [] : (await wakeGuest(agent, sleptMs)).filter(({ name }) => name === 'timers');
}

/** Two forks with one seed would share every secret they make. */
function badSeed(why: string): BhattiError {
  return new BhattiError('engine.failed', `cannot start the VM: its random generator was not reseeded: ${why}`, {
    remedy: 'bhatti create --cold boots without a template',
  });
}

function grows({ spec, template }: Order): boolean {
  return template !== null && spec.diskMib * MIB > template.diskBytes;
}
