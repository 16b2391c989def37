/**
 * A machine at one instant, while it goes on:
 *
 *   copy its memory --stop--> devices, what of its memory has changed, a new layer over its disk --cont--> goes on
 *
 * It stands still for the part in the middle alone (docs/snapshots.md).
 */
import type { Job } from '@bhatti/keeper/job.ts';
import type { MemoryCopied } from '../keeper/control.ts';
import { dropUnfinished, sync } from '../saved/saved-state.ts';
import type { LayerFile, VmRecord } from '../vm/folder.ts';
import { saveDevices } from '../vm/save-devices.ts';
import type { Vm } from '../vm/vm.ts';
import { wakeGuest } from '../vm/wake-guest.ts';
import { nextLayer } from './next-layer.ts';

export interface Moment {
  readonly devices: Uint8Array;
  readonly memory: MemoryCopied;
  /** Of the disk as it was; none of them is written any more. */
  readonly layers: readonly LayerFile[];
  /** Bytes of the disk that the guest sees. */
  readonly virtualSize: number;
  readonly atMs: number;
  /** How long its processors stood still. */
  readonly pausedMs: number;
}

export interface Captured {
  readonly vm: Vm;
  readonly record: VmRecord;
  /** Of savable(). */
  readonly job: Job;
  readonly descriptor: number;
  /** Keeps what the machine's disk is made of from now on. */
  readonly note: (layers: readonly LayerFile[]) => Promise<void>;
}

/**
 * @param how the memory is kept: in MEMORY_FILE, or held by its keeper until dropCopy()
 * @throws BhattiError; then the machine goes on as before, and its copy is dropped
 */
export async function captureMoment(captured: Captured, how: 'copy' | 'copy-held'): Promise<Moment> {
  const { vm, record, descriptor, note } = captured;
  const next = await nextLayer(vm, record);
  const stoodStill = vm.paused;
  try {
    await note(next.layers); // an empty layer that nobody writes to does no harm; one that is not known loses what is in it
    await vm.keeper.copyMemory(how);
    await sync(record.layers.at(-1)?.path ?? ''); // what QEMU would write out while the machine stands still
    const atMs = Date.now();
    const begun = performance.now();
    await vm.pause();
    const devices = await saveDevices(vm, descriptor);
    const memory = await vm.keeper.copyMemory('again');
    await next.freeze();
    if (!stoodStill) await vm.goOn();
    const pausedMs = performance.now() - begun;
    if (!stoodStill) await wakeGuest(await vm.agent(), pausedMs);
    return { devices, memory, layers: record.layers, virtualSize: next.virtualSize, atMs, pausedMs };
  } catch (error) {
    vm.keeper.dropCopy();
    if (!stoodStill && vm.paused) await vm.goOn();
    if (how === 'copy') await dropUnfinished(vm.folder); // its room may be what the record wants
    await next.drop(() => note(record.layers));
    throw error;
  }
}
