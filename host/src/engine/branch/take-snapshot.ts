/** From a machine that runs to a snapshot on disk: the moment, then, while it goes on, all that has to be written and linked. */
import { basename, join } from 'node:path';
import { savedFacts } from '../saved/save-machine.ts';
import { beginSaved, dropUnfinished, FRESH_FOLDER, writeState } from '../saved/saved-state.ts';
import type { TemplateFacts } from '../template/template-key.ts';
import { type LayerFile, linkLayers, pinKernel } from '../vm/folder.ts';
import { type Captured, captureMoment } from './moment.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** @throws BhattiError host.disk-full | engine.failed ...; then there is no snapshot, and the machine goes on */
export async function takeSnapshot(
  captured: Captured,
  facts: TemplateFacts,
  { id, told, template }: { readonly id: string; readonly told: unknown; readonly template: string },
  store: SnapshotStore,
): Promise<void> {
  const { vm, record, job } = captured;
  await beginSaved(vm.folder);
  try {
    const { devices, memory, layers, virtualSize, atMs, pausedMs } = await captureMoment(captured, 'copy');
    vm.keeper.dropCopy();
    const fresh = join(vm.folder, FRESH_FOLDER);
    await writeState(fresh, devices, { ...savedFacts(record, facts, job), stoppedMs: atMs, chunks: memory.chunks });
    const linked = await linkLayers(layers, fresh);
    const kernel = await pinKernel(record.kernel ?? facts.kernel.path, fresh);
    const named = (path: string): string => (path.startsWith(`${fresh}/`) ? basename(path) : path);
    await store.admit(fresh, {
      ...{ id, told, template, of: basename(vm.folder), createdMs: atMs, pausedMs },
      layers: linked.map((layer): LayerFile => ({ ...layer, path: named(layer.path) })),
      diskBytes: virtualSize,
      kernel: named(kernel),
    });
  } catch (error) {
    await dropUnfinished(vm.folder);
    throw error;
  }
}
