/** What QEMU has open as the disk of a machine, as `query-block` tells (QEMU's qapi/block-core.json). */
import { join } from 'node:path';
import { z } from 'zod';
import type { Qmp } from '../qemu/qmp.ts';
import type { LayerFile } from '../vm/folder.ts';

const Blocks = z
  .array(
    z.looseObject({
      inserted: z.looseObject({
        'node-name': z.string(),
        backing_file_depth: z.int().nonnegative(),
        image: z.looseObject({ 'virtual-size': z.int().positive() }),
      }),
    }),
  )
  .length(1);

export interface DiskChain {
  /** Node of the layer that is written. */
  readonly top: string;
  /** Layers below it. */
  readonly depth: number;
  /** Bytes the guest sees. */
  readonly virtualSize: number;
}

/** @throws BhattiError engine.failed */
export async function diskChain(monitor: Qmp): Promise<DiskChain> {
  const [block] = Blocks.parse(await monitor.execute('query-block'));
  if (block === undefined) throw new Error('a machine without a disk');
  const { 'node-name': top, backing_file_depth: depth, image } = block.inserted;
  return { top, depth, virtualSize: image['virtual-size'] };
}

/** Name of a layer that was added to a machine that runs: its node, and its file without the ending. */
export const layerFile = (folder: string, name: string): string => join(folder, `${name}.qcow2`);

/** Which of its layers a machine writes to; a branch that a daemon did not live to finish has left an empty one above. */
export function layerOf(top: string, layers: readonly LayerFile[]): number {
  const begun = /^layer(\d+)$/.exec(top)?.[1]; // as its QEMU was started
  return begun === undefined ? layers.findIndex(({ path }) => path.endsWith(`/${top}.qcow2`)) : Number(begun);
}

/** Lets QEMU let go of a layer's file. @returns false while it is part of the disk, or when QEMU does not answer */
export async function closeNode(monitor: Qmp, name: string): Promise<boolean> {
  const file = name.startsWith('layer') ? name.replace('layer', 'file') : `${name}-file`;
  try {
    await monitor.execute('blockdev-del', { 'node-name': name });
  } catch {
    return false;
  }
  // Of a layer that was added with its file in one command, that went along.
  await monitor.execute('blockdev-del', { 'node-name': file }).catch(() => undefined);
  return true;
}
