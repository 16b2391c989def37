/** Starts the daemon when none answers: detached, with daemon.log beside its data, one even if two clients try. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { ServiceCommands } from '../context.ts';

/** A first start on a loaded machine compiles and adopts; an idle one takes half a second. */
const READY_MS = 30_000;
const RETRY_MS = 20;

/** What it takes to run `bhatti serve`. */
export interface ServeCommand {
  readonly argv: readonly string[];
  readonly dataDir: string;
  /** Where it will listen. */
  readonly socket: string;
  /** Owns the folder, so that no daemon but its own may be there. */
  readonly service: ServiceCommands | undefined;
}

/** True when something listens there. */
function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

function failed(why: string, dataDir: string): BhattiError {
  return new BhattiError('daemon.unreachable', `cannot start the daemon: ${why}`, {
    remedy: `look into ${join(dataDir, 'daemon.out')}, or run "bhatti serve" to see it`,
  });
}

function launch({ argv, dataDir }: ServeCommand): ChildProcess {
  mkdirSync(dataDir, { recursive: true });
  const out = openSync(join(dataDir, 'daemon.out'), 'w', 0o600);
  const [program = '', ...args] = argv;
  try {
    return spawn(program, args, {
      cwd: '/',
      detached: true,
      env: { ...process.env, BHATTI_READY_FD: '3', BHATTI_DATA_DIR: dataDir },
      stdio: ['ignore', out, out, 'pipe'],
    });
  } finally {
    closeSync(out);
  }
}

/** The line the daemon writes when it is ready or cannot be; undefined when it ends without one. */
async function firstLine(child: ChildProcess): Promise<string | undefined> {
  const pipe = child.stdio[3] as Readable;
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let text = '';
  pipe.on('data', (bytes: Buffer) => {
    text += bytes.toString('utf8');
    if (text.includes('\n')) resolve(text);
  });
  pipe.once('close', () => resolve(undefined));
  child.once('error', () => resolve(undefined));
  const late = setTimeout(() => resolve(undefined), READY_MS);
  return promise.finally(() => {
    clearTimeout(late);
    pipe.destroy();
    child.unref();
  });
}

async function waitUntilAnswers({ socket, dataDir }: ServeCommand): Promise<void> {
  for (const until = Date.now() + READY_MS; Date.now() < until; ) {
    if (await answers(socket)) return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  throw failed(`it did not answer within ${READY_MS / 1000} s`, dataDir);
}

/** Root starts the service; others wait for one that just begins. */
async function startService({ start, status }: ServiceCommands, command: ServeCommand): Promise<void> {
  const root = process.getuid?.() === 0;
  const [program = '', ...args] = root ? start : status;
  const ran = spawnSync(program, args, { encoding: 'utf8' });
  if (ran.status === 0) return waitUntilAnswers(command);
  const why = ran.error?.message ?? ran.stderr.trim().split('\n')[0];
  const message = root
    ? `cannot start the service of the daemon: ${why}`
    : 'cannot reach the daemon: its service does not run';
  throw new BhattiError('daemon.unreachable', message, { remedy: `sudo ${start.join(' ')}` });
}

/**
 * Starts a daemon and waits until it answers.
 * @throws BhattiError of the daemon when it cannot start, daemon.unreachable when it does not answer in time
 */
export async function startDaemon(command: ServeCommand): Promise<void> {
  if (command.service !== undefined) return startService(command.service, command);
  let line: string | undefined;
  try {
    line = await firstLine(launch(command));
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error), command.dataDir);
  }
  if (line === undefined) throw failed('it ended before it was ready', command.dataDir);
  const { error } = JSON.parse(line) as { error?: { code: string; message: string; remedy: string } };
  if (error === undefined) return;
  // Another client was quicker: its daemon is ours as well.
  if (error.code === 'daemon.running') return waitUntilAnswers(command);
  throw BhattiError.fromBody(error);
}
