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
import { type Prepared, type PrepareRequest, STDOUT, type Step } from '@bhatti/wire/messages.ts';
import type { Progress, VmReport, VmSpec } from '../../ports/engine.ts';
import { Keeper } from '../keeper/control.ts';
import type { AgentLink } from '../link/agent-link.ts';
import type { MachineNetwork, NoNetwork } from '../network/network.ts';
import { RESOLVER } from '../network/rules.ts';
import { diskNode } from '../qemu/arguments.ts';
import { qcow2Overlay } from '../qemu/qcow2.ts';
import type { EngineSettings } from '../settings.ts';
import type { TemplateFacts } from '../template/template-key.ts';
import type { Template } from '../template/template-store.ts';
import { within } from './deadline.ts';
import type { Ended } from './exit-reason.ts';
import { DISK_FILE, type LayerFile, linkLayers, pinImage, type VmRecord } from './folder.ts';
import { launchJob, type Machine } from './launch-job.ts';
import type { Timings } from './timings.ts';
import { Vm } from './vm.ts';

/** Unit of /sys/class/block/NAME/size, whatever the disk's own sectors are (Documentation/ABI/stable/sysfs-block). */
const SECTOR_SIZE = 512;
const DISK_WAIT_MS = 5000;
const MIB = 1024 * 1024;

/** Everything one start of a machine needs to know. */
export interface Order {
  readonly spec: VmSpec;
  readonly folder: string;
  readonly record: VmRecord;
  readonly facts: TemplateFacts;
  /** Null: from power-on. */
  readonly template: Template | null;
  readonly network: MachineNetwork | NoNetwork;
  readonly settings: EngineSettings;
  readonly timings: Timings;
  readonly progress: Progress;
  readonly signal: AbortSignal;
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
export async function makeDisk(spec: VmSpec, folder: string, template: Template | null): Promise<LayerFile[]> {
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
  const keeper = await Keeper.start(settings.keeper, folder, launchJob(machineOf(order)));
  timings.mark('spawn');
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

function machineOf({ spec, record, facts, template, network, settings, folder }: Order): Machine {
  const begin: Machine['begin'] =
    template === null
      ? { from: 'power-on', kernel: spec.kernel, commandLine: facts.commandLine }
      : { from: 'state', state: template.state, memory: template.memory };
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
  const agent = await vm.agent();
  timings.mark('hello');
  const seed = agent.hello.report.find((step) => step.name === 'random seed');
  if (template !== null && seed?.ok === false) throw badSeed(seed.error ?? 'unknown');
  if (template !== null && grows(order)) await growDisk(vm, agent, order);
  const prepared = await prepare(agent, order);
  timings.mark('prepare');
  if (template === null) {
    progress.step('start its units');
    await vm.booted;
    timings.mark('booted');
  }
  const report: VmReport = {
    from: template === null ? 'cold' : 'template',
    accelerator: facts.shape.accelerator,
    hello: agent.hello,
    prepared: [...prepared.report, ...networkStep(order.network)],
    timings: timings.all(),
  };
  return { vm, report };
}

/** A machine without a network is a machine; that it has none must be seen. */
function networkStep(network: Order['network']): Step[] {
  return 'why' in network ? [{ name: 'network', ok: false, ms: 0, error: network.why }] : [];
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

/** The guest learns of the new size by an interrupt: it is asked until it knows, or its file system would not grow. */
async function growDisk(vm: Vm, agent: AgentLink, { spec, record }: Order): Promise<void> {
  const monitor = await vm.monitor();
  const size = spec.diskMib * MIB;
  await monitor.execute('block_resize', { 'node-name': diskNode(record.layers.length), size });
  const begin = performance.now();
  while ((await diskSize(agent)) < size) {
    if (performance.now() - begin < DISK_WAIT_MS) continue;
    throw new BhattiError('engine.failed', 'cannot grow the disk: the guest does not see its new size', {
      remedy: 'bhatti create --cold boots without a template',
    });
  }
}

/** Bytes of the root disk as the guest sees it. */
async function diskSize(agent: AgentLink): Promise<number> {
  const stream = agent.open({ op: 'file.read', path: '/sys/class/block/vda/size', offset: 0 });
  const parts: Uint8Array[] = [];
  for await (const bytes of stream.channel(STDOUT)) parts.push(bytes);
  return Number(Buffer.concat(parts).toString()) * SECTOR_SIZE;
}

async function prepare(agent: AgentLink, order: Order): Promise<Prepared> {
  const { spec, record, network, template } = order;
  const request: PrepareRequest = {
    op: 'prepare',
    hostname: spec.hostname,
    machineId: record.machineId,
    mac: record.mac,
    env: spec.env,
    growRoot: template === null || grows(order), // 50 ms of a fork's way to its first answer
    timeMs: Date.now(),
    ...('why' in network ? {} : { dns: RESOLVER }),
  };
  const stream = agent.open(request);
  for await (const message of stream.messages) if (message.is === 'prepared') return message;
  throw new BhattiError('stream.protocol', 'cannot start the VM: the guest did not say that it is prepared', {
    remedy: 'rebuild the image: bhatti tier build',
  });
}
