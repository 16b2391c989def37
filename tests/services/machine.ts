/** One machine for many cases: booted cold, so that PID 1 has gone the whole way from the kernel. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import type { Agent } from '@bhatti/host/ports/agent.ts';
import { mebibytes } from '@bhatti/wire/units.ts';
import { engineSettings, quiet, shell } from '../engine/lab.ts';
import { imagesDir, TIER } from './image.ts';

export const MEMORY_MIB = 1024;
export const CPUS = 1;
/** The cases ask for it. */
export const HOSTNAME = 'lab';
const ID = 'services';
const TAR_SIZE_MAX = 16 * 1024 * 1024;

export interface Machine {
  /** @returns all that the script wrote, to stdout and stderr, and its exit code */
  run(script: string, user?: string): Promise<{ code: number; output: string }>;
  /** Copies folders of a host folder under a path in the machine. */
  upload(folder: string, names: readonly string[], path: string): Promise<void>;
  close(): Promise<void>;
}

export interface MachineSize {
  readonly cpus?: number;
  readonly memoryMib?: number;
  /** What the disk grows to; the image's own size when it is not given. */
  readonly diskMib?: number;
  /** Another image than the one of the cases. */
  readonly image?: string;
}

export async function bootMachine(size: MachineSize = {}): Promise<Machine> {
  const { cpus = CPUS, memoryMib = MEMORY_MIB, diskMib, image } = size;
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-services-'));
  const engine = new QemuEngine(await engineSettings(folder));
  const close = async () => {
    await engine.destroy(ID).catch(() => undefined); // it was never made
    await engine.prune();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await engine.adopt([]);
    const { path, kernel, sizeMib } = await new ImageCatalog(imagesDir, 'amd64').find(TIER);
    const spec = {
      ...{ id: ID, hostname: HOSTNAME, image: image ?? path, kernel, cpus, memoryMib: mebibytes(memoryMib) },
      ...{ diskMib: mebibytes(diskMib ?? sizeMib), env: {}, cold: true },
    };
    await engine.create(spec, quiet, new AbortController().signal);
    const agent = await engine.agent(ID);
    return {
      run: (script, user) => shell(agent, script, user),
      upload: (from, names, path) => upload(agent, from, names, path),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function upload(agent: Agent, folder: string, names: readonly string[], path: string): Promise<void> {
  const words = ['-c', '--owner=0', '--group=0', '-C', folder, ...names];
  const { stdout } = await promisify(execFile)('tar', words, { encoding: 'buffer', maxBuffer: TAR_SIZE_MAX });
  const stream = agent.open({ op: 'tar.write', path });
  await stream.write(0, stdout);
  stream.end(0);
  await stream.closed;
}
