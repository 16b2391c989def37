/** What tests of the engine share: an engine of their own, folders that go away, commands in a guest. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { findNetworkPrograms, findProgram } from '@bhatti/host/engine/programs.ts';
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import { BOOT_TIMEOUT_MS, type EngineSettings, FORK_TIMEOUT_MS, UIDS_DEFAULT } from '@bhatti/host/engine/settings.ts';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import { thisUser } from '@bhatti/host/main/data-directory.ts';
import { mergeSettings } from '@bhatti/host/main/settings.ts';
import type { Agent, AgentStream } from '@bhatti/host/ports/agent.ts';
import type { Progress, VmSpec } from '@bhatti/host/ports/engine.ts';
import { mebibytes } from '@bhatti/wire/units.ts';

export const KEEPER = join(import.meta.dirname, '../../build/amd64/keeper');
export const isRoot: boolean = process.getuid?.() === 0;
export const quiet: Progress = { step: () => undefined };
export const never: AbortSignal = new AbortController().signal;

/** How long a clone of the pool may take: it is made when nobody else wants the processors. */
export const CLONES_MS = 120_000;

interface HasAfter {
  after(run: () => void | Promise<void>): void;
}

/** A folder that is removed when the test is over. */
export function scratchFolder(t: HasAfter): string {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-engine-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Settings of an engine that boots under emulation and gives each VM a uid where it can. */
export async function engineSettings(folder: string): Promise<EngineSettings> {
  const qemu = await findProgram('qemu-system-x86_64');
  if (qemu === null) throw new Error('there is no QEMU: npm test installs it');
  return {
    folder,
    keeper: KEEPER,
    qemu,
    network: await findNetworkPrograms(),
    allowedRanges: [],
    uids: isRoot ? UIDS_DEFAULT : null,
    accelerator: 'tcg',
    bootTimeoutMs: BOOT_TIMEOUT_MS,
    forkTimeoutMs: FORK_TIMEOUT_MS,
  };
}

/** The tier image that `npm test` has built. */
export async function minimalImage(): Promise<{ image: string; kernel: string; sizeMib: number }> {
  const { imagesDir } = mergeSettings({}, thisUser(), {});
  const { path, kernel, sizeMib } = await new ImageCatalog(imagesDir, 'amd64').find('minimal');
  return { image: path, kernel, sizeMib };
}

/** A small machine of the minimal tier. */
export async function smallSpec(id: string, also: Partial<VmSpec> = {}): Promise<VmSpec> {
  const { image, kernel, sizeMib } = await minimalImage();
  return {
    ...{ id, hostname: id, image, kernel, cpus: 1, memoryMib: mebibytes(512), diskMib: mebibytes(sizeMib) },
    ...{ env: {}, cold: false },
    ...also,
  };
}

/** Runs a shell command in the guest. @returns its code and all it wrote */
export async function shell(
  agent: Agent,
  script: string,
  user: string = 'root',
): Promise<{ code: number; output: string }> {
  const argv = ['/bin/bash', '-c', `exec 2>&1; ${script}`];
  const stream = agent.open({ op: 'exec', argv, env: {}, stdin: false, user, cwd: '/' });
  let output = '';
  const text = new TextDecoder();
  const read = (async () => {
    for await (const bytes of stream.channel(1)) output += text.decode(bytes, { stream: true });
  })();
  read.catch(() => undefined); // the messages tell the same
  for await (const message of stream.messages) {
    if (message.is !== 'exit') continue;
    await read;
    return { code: 'code' in message.exit ? message.exit.code : -1, output };
  }
  throw new Error(`no exit of: ${script}`);
}

/** False for a process that is gone or a zombie. */
export function processExists(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}

/** One small machine, booted cold, for all tests of a file. */
export interface LabMachine {
  engine(): QemuEngine;
  /** All that a script of root's wrote, without blanks around it. */
  output(script: string): Promise<string>;
  consoleText(): string;
}

interface LabSetup {
  /** Unit files. */
  readonly units?: Readonly<Record<string, string>>;
  /** What is done before the first test. */
  readonly scripts?: readonly string[];
}

export function labMachine(id: string, { units = {}, scripts = [] }: LabSetup = {}): LabMachine {
  const folder = mkdtempSync(join(tmpdir(), `bhatti-${id}-`));
  let engine: QemuEngine;
  before(async () => {
    engine = new QemuEngine(await engineSettings(folder));
    await engine.adopt([]);
    await engine.create(await smallSpec(id, { cold: true }), quiet, never);
    const write = Object.entries(units).map(([name, text]) => `cat >/etc/systemd/system/${name} <<'END'\n${text}END`);
    if (write.length > 0) await output(`${write.join('\n')}\nsystemctl daemon-reload`);
    for (const script of scripts) await output(script);
  });
  after(async () => {
    await engine.destroy(id);
    await engine.prune();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const output = async (script: string): Promise<string> => (await shell(await engine.agent(id), script)).output.trim();
  return { engine: () => engine, output, consoleText: () => readFileSync(engine.consolePath(id), 'utf8') };
}

/** @returns what came on an output of a stream until its end */
export async function textOf(stream: AgentStream, channel: 1 | 2): Promise<string> {
  let text = '';
  for await (const bytes of stream.channel(channel)) text += Buffer.from(bytes).toString();
  return text;
}

/** @returns how its command ended. @throws Error when that was not told */
export async function exitOf(stream: AgentStream): Promise<unknown> {
  for await (const message of stream.messages) if (message.is === 'exit') return message.exit;
  throw new Error('the stream ended without an exit');
}

/** dying-daemon.ts, which has said that it is ready. Nobody else may have an engine in that folder. */
export async function dyingDaemon(folder: string, ...args: string[]): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'dying-daemon.ts');
  const child = spawn(process.execPath, [script, folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const early = once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code}, not ready`)));
  early.catch(() => undefined); // later it is killed
  await Promise.race([once(child.stdout, 'data'), early]);
  return child;
}
