/** A daemon of the benchmark's own: its data directory is made for it and gone with it; caches are the machine's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Api } from './api.ts';

const ROOT = join(import.meta.dirname, '../..');
const BHATTI = join(ROOT, 'host/bin/bhatti');
const START_MS = 20_000;
const STOP_MS = 30_000;
const POLL_MS = 2;

export interface Daemon {
  readonly api: Api;
  readonly pid: number;
  readonly dataDir: string;
  /** From the start of the program to its first answer. */
  readonly startMs: number;
  /** Ends it and removes its data directory. */
  close(): Promise<void>;
  /** Ends it; another one is started in its data directory. */
  end(): Promise<void>;
}

async function answers(api: Api): Promise<boolean> {
  try {
    await api.call('GET', '/health');
    return true;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(late);
}

/**
 * @param env its settings; without a pool, and nothing is set aside, unless they say so
 * @param dataDir of a daemon before this one
 * @throws Error with what the daemon said when it does not answer in time
 */
export async function startDaemon(
  env: Readonly<Record<string, string>> = {},
  dataDir: string = mkdtempSync('/tmp/bhatti-b-'), // short: unix sockets lie below it
): Promise<Daemon> {
  const from = performance.now();
  const child = spawn(BHATTI, ['serve'], {
    env: { ...process.env, BHATTI_DATA_DIR: dataDir, BHATTI_POOL: '0', BHATTI_IDLE_WARM: 'never', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      said = (said + text).slice(-4000);
    });
  const api = new Api(join(dataDir, 'api.sock'));
  const endOnly = async (): Promise<void> => {
    api.close();
    await end(child);
  };
  const close = async (): Promise<void> => {
    // Templates and the network outlive a daemon; here nobody would come for them.
    await api.call('POST', '/v1/prune').catch(() => {});
    await endOnly();
    rmSync(dataDir, { recursive: true, force: true });
  };
  while (!(await answers(api))) {
    if (child.exitCode !== null || performance.now() - from > START_MS) {
      await close();
      throw new Error(`cannot start a daemon: it does not answer after ${START_MS} ms and said: ${said}`);
    }
    await pause(POLL_MS);
  }
  return { api, pid: child.pid ?? 0, dataDir, startMs: performance.now() - from, close, end: endOnly };
}

/** Wall time of one CLI command against a daemon. @throws Error when it fails */
export async function timeCli(daemon: Daemon, ...args: readonly string[]): Promise<number> {
  const from = performance.now();
  const child = spawn(BHATTI, args, {
    env: { ...process.env, BHATTI_DATA_DIR: daemon.dataDir },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`bhatti ${args.join(' ')} ended with ${code}`);
  return performance.now() - from;
}
