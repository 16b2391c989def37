/** What is laid over a root so that it is a guest: lohar, kernel modules, and the program of a container's image. */
import { join } from 'node:path';
import type { Image } from '../ports/images.ts';
import { packKernelModules } from './kernel-modules.ts';
import { packLohar } from './lohar-layer.ts';
import { environmentFile, type RunSettings, startUnit } from './oci/start-unit.ts';
import { type Generated, writeGenerated } from './root/generated.ts';
import type { RootTree } from './root/root-tree.ts';
import type { WorkFolder } from './work-folder.ts';

const UNIT = 'entrypoint.service';
const UNIT_FOLDER = 'etc/systemd/system';
const PATH_DEFAULT = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const PASSWD = 'root:x:0:0:root:/root:/bin/sh\n';

export interface Overlay {
  readonly archives: readonly string[];
  readonly units: readonly string[];
}

export interface OverlayOrder {
  readonly lohar: string;
  readonly base: Image;
  readonly run: RunSettings | undefined;
  readonly work: WorkFolder;
  readonly signal: AbortSignal;
}

/** @param environment what /etc/environment of the root holds */
export async function makeOverlay(tree: RootTree, order: OverlayOrder, environment: string): Promise<Overlay> {
  const { work, signal, run } = order;
  const lohar = join(work.path, 'lohar.tar');
  await packLohar(order.lohar, await work.folder('lohar'), lohar, signal);
  const archives = [lohar];
  if (order.base.manifest && !hasModules(tree, order.base.manifest.kernel.version)) {
    const modules = join(work.path, 'modules.tar');
    await packKernelModules(order.base.path, await work.folder('modules'), modules, signal);
    archives.push(modules);
  }
  const files: Generated[] = [];
  if (tree.resolve('etc/passwd') === undefined) files.push({ name: 'etc/passwd', content: PASSWD });
  const program = run && programOf(tree, run);
  if (run) files.push({ name: 'etc/environment', content: environment + environmentFile(run) });
  if (run && program !== undefined) {
    const wanted = `${UNIT_FOLDER}/multi-user.target.wants/${UNIT}`;
    files.push({ name: `${UNIT_FOLDER}/${UNIT}`, content: startUnit(run, program) });
    files.push({ name: wanted, content: '', target: `/${UNIT_FOLDER}/${UNIT}` });
  }
  const generated = join(work.path, 'generated.tar');
  await writeGenerated(generated, files);
  return { archives: [...archives, generated], units: program === undefined ? [] : [UNIT] };
}

function hasModules(tree: RootTree, version: string): boolean {
  return tree.resolve(`lib/modules/${version}`) !== undefined;
}

/** Absolute path of the image's program; undefined when it names none, or one that is not there. */
export function programOf(tree: RootTree, run: RunSettings): string | undefined {
  const [name] = run.argv;
  if (name === undefined || name === '') return undefined;
  const folders = name.includes('/') ? [run.workdir ?? '/'] : (run.env.PATH ?? PATH_DEFAULT).split(':');
  const paths = name.startsWith('/') ? [name] : folders.map((folder) => join('/', folder, name));
  return paths.find((path) => tree.resolve(path)?.inode.type === 'file');
}
