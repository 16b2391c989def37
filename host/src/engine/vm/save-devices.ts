/** The state of a machine's devices, everything but its memory, as another QEMU loads it. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadableState } from '../qemu/state-file.ts';
import { DEVICES_FILE } from './folder.ts';
import type { Vm } from './vm.ts';

const MACHINE_TYPE = 'microvm';

/** Of a machine whose processors stand still. @param descriptor saveDescriptor() of its job @throws BhattiError engine.failed */
export async function saveDevices(vm: Vm, descriptor: number): Promise<Uint8Array> {
  const path = join(vm.folder, DEVICES_FILE);
  const { size } = await stat(path); // QEMU writes on where it ended the last time
  const monitor = await vm.monitor();
  await monitor.execute('xen-save-devices-state', { filename: `/dev/fdset/${descriptor}`, live: false });
  return loadableState((await readFile(path)).subarray(size), MACHINE_TYPE);
}
