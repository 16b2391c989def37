/**
 * Keeps the disk of a machine that is branched again and again to a few layers: while it runs, QEMU copies what lies between
 * the image and the layer that is written into that one (`block-stream`). No file that another machine or a snapshot has a
 * link to is ever written, and the longer chain stays right until the shorter one is noted: a merge may end at any instant.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Machine, runningVm } from '../machine.ts';
import type { Qmp } from '../qemu/qmp.ts';
import { dropLayers, type VmRecord } from '../vm/folder.ts';
import { closeNode, diskChain, layerOf } from './disk-chain.ts';

/** With fewer a merge would cost more than it spares: a template has two, its fork three. */
const LAYERS_MANY = 6;
const JOB = 'merge';
/** The node of the image, as qemuArguments() names it. */
const IMAGE_NODE = 'layer0';
const POLL_MS = 100;

const Jobs = z.array(z.looseObject({ device: z.string() }));
const Nodes = z.array(z.looseObject({ 'node-name': z.string() }));

export class LayerMerges {
  readonly #note: (machine: Machine, facts: Partial<VmRecord>) => Promise<void>;
  /** Each machine's, while the daemon waits for its end. */
  readonly #running = new Map<Machine, Promise<void>>();

  constructor(note: (machine: Machine, facts: Partial<VmRecord>) => Promise<void>) {
    this.#note = note;
  }

  /** In the background, when it is worth it; one that fails is begun again after the next branch. */
  begin(machine: Machine): void {
    if (machine.record.layers.length < LAYERS_MANY || this.#running.has(machine)) return;
    const merge = this.#merge(machine)
      .catch(() => undefined) // it ended, or its disk is full: it goes on with the layers that it has
      .finally(() => this.#running.delete(machine));
    this.#running.set(machine, merge);
  }

  /** Merges now. @throws BhattiError engine.failed */
  async now(machine: Machine): Promise<void> {
    await this.end(machine);
    await this.#merge(machine);
  }

  /** From now on nothing but the guest writes to its disk; one of another daemon ends, too. @throws BhattiError engine.failed */
  async end(machine: Machine): Promise<void> {
    const { vm } = machine;
    if (vm === null || vm.over !== null) return;
    const monitor = await vm.monitor();
    // It may have ended by itself in between, and QEMU says then that it knows none.
    if (await isRunning(monitor)) await monitor.execute('block-job-cancel', { device: JOB }).catch(() => undefined);
    await this.#running.get(machine);
    await untilEnded(monitor);
  }

  async #merge(machine: Machine): Promise<void> {
    const monitor = await runningVm(machine).monitor();
    const { top } = await diskChain(monitor);
    const { layers } = machine.record;
    const written = layers[layerOf(top, layers)];
    const [image] = layers;
    if (written === undefined || image === undefined || written === image) return;
    const ends = { 'base-node': IMAGE_NODE, 'backing-file': image.path };
    await monitor.execute('block-stream', { 'job-id': JOB, device: top, ...ends });
    await untilEnded(monitor);
    if ((await diskChain(monitor)).depth !== 1) return; // it was cancelled, or the disk is full
    await this.#note(machine, { layers: [image, written] });
    try {
      await closeNodes(monitor, top);
    } finally {
      await dropLayers(machine.folder, layers, machine.record.layers); // also of a machine that has just ended
    }
  }
}

async function isRunning(monitor: Qmp): Promise<boolean> {
  return Jobs.parse(await monitor.execute('query-block-jobs')).some(({ device }) => device === JOB);
}

async function untilEnded(monitor: Qmp): Promise<void> {
  while (await isRunning(monitor)) await pause(POLL_MS);
}

/** Of the layers that are no part of the disk any more, so that QEMU lets go of their files. */
async function closeNodes(monitor: Qmp, top: string): Promise<void> {
  const nodes = Nodes.parse(await monitor.execute('query-named-block-nodes', { flat: true }));
  const names = nodes
    .map((node) => node['node-name'])
    .filter((name) => /^(layer[1-9]\d*|disk-[0-9a-f]{8})$/.test(name));
  let left = names.filter((name) => name !== top);
  for (let before = left.length + 1; left.length < before; ) {
    before = left.length;
    const closed = new Set<string>();
    for (const name of left) if (await closeNode(monitor, name)) closed.add(name);
    left = left.filter((name) => !closed.has(name));
  }
}
