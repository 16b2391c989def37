/** Sandboxes of tier minimal, forked from its template, in which packages are tried. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import type { Agent } from '@bhatti/host/ports/agent.ts';
import type { VmSpec } from '@bhatti/host/ports/engine.ts';
import { mebibytes } from '@bhatti/wire/units.ts';
import { engineSettings, never, quiet, shell, smallSpec } from '../engine/lab.ts';
import { ARCHIVES, archiveOf, type Pocket, useArchive } from './archive.ts';
import type { Run } from './observe/ask.ts';

/** As real systemd's machine. */
export const CPUS = 2;
export const MEMORY_MIB = 1024;
const RUN_MS = 240_000;

export interface Sandbox {
  readonly run: Run;
  /** Stops it as a user would, and boots its disk again. */
  stopAndStart(): Promise<void>;
  /** Ends it as a power failure would, and boots its disk again. */
  killAndStart(): Promise<void>;
}

/**
 * A sandbox whose apt knows these packages and what they need.
 * @param packages the first one names the archive
 * @param pockets apt knows the first
 */
export async function openSandbox(
  packages: readonly string[],
  pockets: readonly [Pocket, ...Pocket[]] = ['updated'],
): Promise<Sandbox & { close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-field-'));
  const engine = new QemuEngine(await engineSettings(folder));
  const id = 'field';
  const close = async (): Promise<void> => {
    await engine.destroy(id).catch(() => undefined); // it was never made
    await engine.prune();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await engine.adopt([]);
    const spec = await smallSpec(id, { cpus: CPUS, memoryMib: mebibytes(MEMORY_MIB), cold: true });
    await engine.create(spec, quiet, never);
    const sandbox = sandboxOf(engine, spec);
    for (const pocket of pockets)
      await upload(await engine.agent(id), await archiveOf(packages, spec.image, pocket), ARCHIVES[pocket]);
    const { code, output } = await sandbox.run(useArchive(ARCHIVES[pockets[0]]));
    if (code !== 0) throw new Error(`apt does not take the archive: ${output}`);
    return { ...sandbox, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs `work` in such a sandbox. */
export async function withSandbox<T>(
  packages: readonly string[],
  work: (sandbox: Sandbox) => Promise<T>,
  pockets?: readonly [Pocket, ...Pocket[]],
): Promise<T> {
  const sandbox = await openSandbox(packages, pockets);
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

function sandboxOf(engine: QemuEngine, spec: VmSpec): Sandbox {
  const again = async (force: boolean): Promise<void> => {
    await engine.stop(spec.id, { force, timeoutMs: 60_000 });
    await engine.start(spec, quiet, never);
  };
  return {
    run: async (script, timeoutMs = RUN_MS) => {
      const asked = shell(await engine.agent(spec.id), script);
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(new Error(`not within ${timeoutMs} ms: ${script}`)), timeoutMs);
      return Promise.race([asked, late.promise]).finally(() => clearTimeout(timer));
    },
    stopAndStart: () => again(false),
    killAndStart: () => again(true),
  };
}

async function upload(agent: Agent, folder: string, to: string): Promise<void> {
  const tar = spawn('tar', ['-c', '--owner=0', '--group=0', '-C', folder, '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(tar, 'close');
  const stream = agent.open({ op: 'tar.write', path: to });
  for await (const bytes of tar.stdout) await stream.write(0, bytes);
  stream.end(0);
  await stream.closed;
  await ended;
}
