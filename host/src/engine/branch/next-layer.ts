/**
 * The disk of a machine at one instant, without copying it: what is written later goes to a new layer, the layers below
 * stay as they are and may be anybody's.
 */
import { randomBytes } from 'node:crypto';
import { chmod, chown, rm, writeFile } from 'node:fs/promises';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { qcow2Overlay } from '../qemu/qcow2.ts';
import type { LayerFile, VmRecord } from '../vm/folder.ts';
import type { Vm } from '../vm/vm.ts';
import { closeNode, diskChain, layerFile } from './disk-chain.ts';

/** Each layer is a descriptor of QEMU's, and is looked through for every block that those above it do not have. */
export const LAYERS_MAX = 16;

export interface NextLayer {
  /** Of the machine from now on: the new one is the last, and empty until freeze(). */
  readonly layers: readonly LayerFile[];
  /** Bytes the guest sees. */
  readonly virtualSize: number;
  /** From now on it is written to. @throws BhattiError engine.failed; then it is not */
  freeze(): Promise<void>;
  /** Gives the new layer up, unless QEMU has it in use. @param forget once no record names it, its file goes */
  drop(forget: () => Promise<void>): Promise<void>;
}

/**
 * Makes the file and lets QEMU open it. QEMU works in its machine's folder and opens it there by name, as the uid that it
 * has given itself up to; the folders above let nobody else in.
 * @throws BhattiError snapshot.too-many | host.disk-full | engine.failed
 */
export async function nextLayer(vm: Vm, { layers, uid }: VmRecord): Promise<NextLayer> {
  const backing = layers.at(-1);
  if (backing === undefined) throw new Error('a machine without a disk');
  if (layers.length >= LAYERS_MAX) {
    throw new BhattiError('snapshot.too-many', `cannot branch the disk: it has ${layers.length} layers already`, {
      remedy: 'bhatti doctor shows whether the disk is full: they could not be merged',
    });
  }
  const monitor = await vm.monitor();
  const { top, virtualSize } = await diskChain(monitor);
  const name = `disk-${randomBytes(4).toString('hex')}`;
  const path = layerFile(vm.folder, name);
  try {
    await writeFile(path, qcow2Overlay({ virtualSize, backing }), { mode: 0o600, flag: 'wx' });
    if (uid !== undefined) {
      await chown(path, uid, uid);
      await chmod(vm.folder, 0o711);
    }
    const file = { driver: 'file', 'node-name': `${name}-file`, filename: `${name}.qcow2`, discard: 'unmap' };
    await monitor.execute('blockdev-add', {
      driver: 'qcow2',
      'node-name': name,
      file,
      backing: null,
      discard: 'unmap',
    });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return {
    layers: [...layers, { path, format: 'qcow2' }],
    virtualSize,
    freeze: async () => void (await monitor.execute('blockdev-snapshot', { node: top, overlay: name })),
    drop: async (forget) => {
      if (!(await closeNode(monitor, name))) return;
      const forgotten = await forget().then(
        () => true,
        () => false, // a full disk: an empty layer does no harm
      );
      if (forgotten) await rm(path, { force: true });
    },
  };
}
