/** A daemon of the test's own and the real program `bhatti`, as a user types it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisUser } from '@bhatti/host/main/data-directory.ts';
import { mergeSettings } from '@bhatti/host/main/settings.ts';
import { until } from '../until.ts';
import { giveTemplate } from './link-template.ts';

export const BHATTI = join(import.meta.dirname, '../../host/bin/bhatti');
/** The longest is a create that makes a desktop's template: 75 s were measured on a loaded machine. */
const COMMAND_MS = 240_000;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Standard input stays open, for the caller to write to. */
  readonly open?: boolean;
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Lab {
  readonly dataDir: string;
  /** Temporary files of the test. */
  readonly scratch: string;
  readonly env: Readonly<Record<string, string>>;
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Runs it and wants exit code 0. @returns standard output */
  ok(...args: readonly string[]): Promise<string>;
  /** Starts it and does not wait. */
  begin(args: readonly string[], options?: RunOptions): ChildProcess;
  daemonPid(): number;
  /** Ends the daemon and waits until it is gone. */
  endDaemon(signal: NodeJS.Signals): Promise<void>;
  /** Removes the folders, when no daemon came up in them. */
  remove(): void;
  /** Destroys everything, ends the daemon, removes the folders. */
  close(): Promise<void>;
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** All that a child writes, and how it ends. */
export async function outcome(child: ChildProcess): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('latin1').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const late = setTimeout(() => child.kill('SIGKILL'), COMMAND_MS);
  const [code, signal] = await once(child, 'close');
  clearTimeout(late);
  return {
    code: code ?? -1,
    stdout: Buffer.from(stdout, 'latin1').toString('utf8'),
    stderr: `${stderr}${signal ?? ''}`,
  };
}

/** A folder for a daemon; nothing runs in it until the first command. */
export function openLab(also: Readonly<Record<string, string>> = {}): Lab {
  const { imagesDir } = mergeSettings({}, thisUser(), {});
  const dataDir = also.BHATTI_DATA_DIR ?? mkdtempSync(join(tmpdir(), 'bh-')); // short: unix sockets lie below it
  if (also.BHATTI_DATA_DIR === undefined) giveTemplate(dataDir);
  const scratch = mkdtempSync(join(tmpdir(), 'bh-scratch-'));
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/root' };
  // Without a pool, so that what runs is what a test has asked for.
  const settings = { BHATTI_IMAGES_DIR: imagesDir, BHATTI_ACCELERATOR: 'tcg', BHATTI_POOL: '0' };
  const own = { ...env, BHATTI_DATA_DIR: dataDir, ...settings, ...also };
  const begin: Lab['begin'] = (args, options = {}) => {
    const stdin = options.input === undefined && !options.open ? 'ignore' : 'pipe';
    const child = spawn(BHATTI, args, {
      cwd: options.cwd ?? scratch,
      env: { ...own, ...options.env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    child.stdin?.on('error', () => {}); // it may not want to read all
    if (!options.open) child.stdin?.end(options.input);
    return child;
  };
  const run: Lab['run'] = (args, options) => outcome(begin(args, options));
  const daemonPid = (): number => Number(readFileSync(join(dataDir, 'daemon.pid'), 'utf8'));
  const daemonSaid = (): string => readFileSync(join(dataDir, 'daemon.out'), { encoding: 'utf8', flag: 'a+' });
  const ok: Lab['ok'] = async (...args) => {
    const { code, stdout, stderr } = await run(args);
    if (code !== 0) throw new Error(`bhatti ${args.join(' ')} ended with ${code}: ${stderr}${daemonSaid()}`);
    return stdout;
  };
  const endDaemon: Lab['endDaemon'] = async (signal) => {
    const pid = daemonPid();
    process.kill(pid, signal);
    await until('the daemon is gone', () => !alive(pid));
  };
  const remove = (): void => {
    for (const folder of [dataDir, scratch]) rmSync(folder, { recursive: true, force: true });
  };
  const close = async (): Promise<void> => {
    await ok('destroy', '--all', '--yes');
    await ok('prune');
    await endDaemon('SIGTERM');
    remove();
  };
  return { dataDir, scratch, env: own, run, ok, begin, daemonPid, endDaemon, remove, close };
}
