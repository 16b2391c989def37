/**
 * Boots a machine to its last unit, stops it and keeps what forks need: sealed memory (held by its keeper), device state,
 * disk. No network while it boots: forks get another one each.
 */
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from '@bhatti/keeper/job.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { GuestHello } from '@bhatti/wire/messages.ts';
import type { Agent } from '../../ports/agent.ts';
import type { Progress } from '../../ports/engine.ts';
import { Keeper } from '../keeper/control.ts';
import { RESOLVER } from '../network/rules.ts';
import type { GuestShape } from '../qemu/arguments.ts';
import { qcow2Overlay } from '../qemu/qcow2.ts';
import { type Limits, within } from '../vm/deadline.ts';
import { DISK_FILE, type LayerFile, makeFolder, pinImage } from '../vm/folder.ts';
import { launchJob, saveDescriptor } from '../vm/launch-job.ts';
import { rehearseCommands } from '../vm/rehearse-commands.ts';
import { saveDevices } from '../vm/save-devices.ts';
import { notRunning, Vm } from '../vm/vm.ts';

export const STATE_FILE = 'state';
const TEMPLATE_FILE = 'template.json';
/** Clock sources that every fork may inherit (docs/engine.md); `tsc-early` becomes `tsc` a second after boot. */
const GOOD_CLOCKS = ['tsc', 'kvm-clock'];
const CLOCK_WAIT_MS = 10_000;
const CLOCK_POLL_MS = 250;

/** What a template's folder says of it, once it is whole. */
export interface TemplateRecord {
  readonly key: string;
  readonly layers: readonly LayerFile[];
  readonly diskBytes: number;
}

export interface TemplateOrder {
  readonly folder: string;
  readonly key: string;
  readonly keeperProgram: string;
  readonly qemu: string;
  readonly shape: GuestShape;
  readonly image: string;
  readonly kernel: string;
  readonly commandLine: string;
  readonly rehearsal: readonly string[];
}

function bad(why: string): BhattiError {
  return new BhattiError('template.bad', `cannot make a template: ${why}`, {
    remedy: 'bhatti create --cold boots without',
  });
}

/** @throws BhattiError template.bad | engine.boot-timeout | operation.cancelled; the caller removes the folder */
export async function makeTemplate(order: TemplateOrder, progress: Progress, limits: Limits): Promise<Keeper> {
  const { folder, key } = order;
  await makeFolder(folder);
  const image = await pinImage(order.image, folder);
  const diskBytes = (await stat(image.path)).size;
  const disk: LayerFile = { path: join(folder, DISK_FILE), format: 'qcow2' };
  await writeFile(disk.path, qcow2Overlay({ virtualSize: diskBytes, backing: image }), { mode: 0o600 });
  const layers = [image, disk];
  const job = launchJob({
    qemu: order.qemu,
    shape: order.shape,
    layers,
    begin: { from: 'power-on', kernel: order.kernel, commandLine: order.commandLine },
    hold: true,
    network: null,
  });
  const keeper = await Keeper.start(order.keeperProgram, folder, job);
  const vm = new Vm(folder, keeper);
  try {
    progress.step('boot a template of this shape');
    await within(readyGuest(vm, order.rehearsal), 'boot a template', limits);
    progress.step('save the template');
    await save(vm, job);
    const here = layers.map((layer) => ({ ...layer, path: inside(folder, layer.path) }));
    const record: TemplateRecord = { key, layers: here, diskBytes };
    await writeFile(join(folder, TEMPLATE_FILE), JSON.stringify(record), { mode: 0o600 });
    return keeper;
  } catch (error) {
    vm.kill();
    keeper.release(); // in case it holds already
    await keeper.gone;
    throw error;
  }
}

/** A path as it stands in the record: that of a file of the folder is its name, so that the folder can be moved. */
const inside = (folder: string, path: string): string => {
  const name = relative(folder, path);
  return name.startsWith('..') ? path : name;
};

/** @returns null when the folder holds no whole template */
export async function readTemplate(folder: string): Promise<TemplateRecord | null> {
  try {
    const record = JSON.parse(await readFile(join(folder, TEMPLATE_FILE), 'utf8')) as TemplateRecord;
    return { ...record, layers: record.layers.map((layer) => ({ ...layer, path: resolve(folder, layer.path) })) };
  } catch {
    return null;
  }
}

/**
 * Gives a name and runs first commands, so that what every fork needs for its own (inodes, accounts, C library, shell)
 * is in the memory that forks share and not on their disk. The name is the shortest, since to grow a file is cheaper than
 * to cut it. It comes right before the template is saved: what the kernel puts off (statistics, write-back) has then just
 * been done, and its next turn is seconds away.
 */
async function rehearse(agent: Agent, rehearsal: readonly string[]): Promise<void> {
  const identity = { hostname: 't', machineId: '0'.repeat(32), mac: '02:00:00:00:00:01' };
  const stream = agent.open({
    op: 'prepare',
    ...identity,
    dns: RESOLVER,
    env: {},
    growRoot: false,
    timeMs: Date.now(),
    rehearsal: true,
  });
  await stream.closed;
  await rehearseCommands(agent, rehearsal);
}

/** Waits until all units are active and the clock is one to inherit, rehearses, then leaves the guest alone. */
async function readyGuest(vm: Vm, rehearsal: readonly string[]): Promise<void> {
  await vm.agent();
  await vm.booted;
  await goodClock(vm);
  await rehearse(await vm.agent(), rehearsal);
  await vm.hangUp(); // a fork must see the port close
}

async function goodClock(vm: Vm): Promise<void> {
  const begin = performance.now();
  for (;;) {
    const { clockSource }: GuestHello = (await vm.agent()).hello;
    if (GOOD_CLOCKS.includes(clockSource)) return;
    await vm.hangUp(); // each hello reads the clock source anew
    if (performance.now() - begin > CLOCK_WAIT_MS) throw bad(`its clock source is ${clockSource}`);
    await pause(CLOCK_POLL_MS); // the kernel tells nobody when it changes
  }
}

/** QEMU writes the device state, ends well, and its keeper seals the memory. */
async function save(vm: Vm, job: Job): Promise<void> {
  const monitor = await vm.monitor();
  await monitor.execute('stop');
  const descriptor = saveDescriptor(job);
  if (descriptor === null) throw bad('its job has no file for its devices');
  const state = await saveDevices(vm, descriptor);
  vm.expectEnd();
  await monitor.execute('quit');
  await vm.ended;
  if (vm.keeper.state.heldAs === undefined) throw bad(notRunning(await vm.ended).message);
  await using file = await open(join(vm.folder, STATE_FILE), 'wx', 0o600);
  await file.writeFile(state);
}
