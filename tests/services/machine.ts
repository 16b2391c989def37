/** One machine for many cases: booted cold, so that PID 1 has gone the whole way from the kernel. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import type { Agent } from '@bhatti/host/ports/agent.ts';
import { mebibytes } from '@bhatti/wire/units.ts';
import { engineSettings, quiet, shell } from '../engine/lab.ts';
import { imagesDir, TIER } from './image.ts';

const MEMORY_MIB = 1024;

export interface Machine {
  /** @returns all that the script wrote, to stdout and stderr, and its exit code */
  run(script: string, user?: string): Promise<{ code: number; output: string }>;
  close(): Promise<void>;
}

export async function bootMachine(hostname: string): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-services-'));
  const engine = new QemuEngine(await engineSettings(folder));
  const close = async () => {
    await engine.prune();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await engine.adopt([]);
    const { path, kernel, sizeMib } = await new ImageCatalog(imagesDir, 'amd64').find(TIER);
    const spec = {
      ...{ id: 'services', hostname, image: path, kernel, cpus: 1, memoryMib: mebibytes(MEMORY_MIB) },
      ...{ diskMib: mebibytes(sizeMib), env: {}, cold: true },
    };
    await engine.create(spec, quiet, new AbortController().signal);
    const agent: Agent = await engine.agent('services');
    return { run: (script, user) => shell(agent, script, user), close };
  } catch (error) {
    await close();
    throw error;
  }
}
