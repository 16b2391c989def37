/**
 * The daemon's side of a keeper: start one, or find the one that a dead daemon left.
 *
 *   start: keeper binds its sockets, starts the child --'ready'--> control connection --'ended' or closed--> over
 *   find:                                                          control connection --'ended' or closed--> over
 *
 * The connection is the proof that the keeper lives; no pid is ever trusted that did not come over it.
 */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type ChildEnd, CONTROL_SOCKET, EXIT_FILE, JOB_FILE, type Job, type Report } from '@bhatti/keeper/job.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { JsonLines } from '../../core/json-lines.ts';
import { withSocketPath } from './socket-path.ts';

export interface KeeperState {
  readonly keeper: number;
  readonly child?: number;
  /** Descriptor of the sealed memory in the keeper. */
  readonly heldAs?: number;
  /** Descriptors of the namespaces, of the network's keeper. */
  readonly network?: { readonly net: number; readonly user?: number };
}

/** A keeper of the network starts several programs, on a loaded host. */
const READY_TIMEOUT_MS = 30_000;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function cannotStart(what: string, cause: unknown): BhattiError {
  return new BhattiError('engine.failed', `cannot start ${what}: ${messageOf(cause)}`, {
    remedy: 'bhatti doctor',
    cause,
  });
}

function cannotCopy(why: string): BhattiError {
  const [code, told, remedy] = why.includes('ENOSPC')
    ? (['host.disk-full', `the disk is full (${why})`, 'bhatti prune, or make room: df -h'] as const)
    : (['engine.failed', why, 'bhatti stop --poweroff'] as const);
  return new BhattiError(code, `cannot copy the memory: ${told}`, { remedy });
}

/** `chunks`: those with data, as ChunkMap writes them. `as`: descriptor of a copy in memory, of the keeper. */
export type MemoryCopied = Pick<Extract<Report, { is: 'saved' }>, 'chunks' | 'as'>;

export class Keeper {
  /** Null when the keeper had ended before anybody could connect. */
  readonly #socket: Socket | null;
  #folder: string;
  readonly #greeted = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<ChildEnd | null>();
  readonly #gone = Promise.withResolvers<void>();
  #copying: PromiseWithResolvers<MemoryCopied> | null = null;
  #said: ChildEnd | null = null;
  #detached = false;
  #state: KeeperState = { keeper: 0 };

  private constructor(folder: string, socket: Socket | null) {
    this.#folder = folder;
    this.#socket = socket;
    this.#greeted.promise.catch(() => undefined);
    if (socket === null) {
      this.#onClose();
      return;
    }
    const lines = new JsonLines();
    socket.setEncoding('utf8');
    socket.on('data', (text) => {
      try {
        for (const report of lines.feed(String(text))) this.#take(report as unknown as Report);
      } catch {
        socket.destroy(); // what speaks so is no keeper
      }
    });
    socket.on('close', () => this.#onClose());
    if (socket.closed) this.#onClose();
  }

  /** Starts a keeper on `folder`, which must hold all that the job names. @throws BhattiError engine.failed */
  static async start(program: string, folder: string, job: Job): Promise<Keeper> {
    await writeFile(join(folder, JOB_FILE), JSON.stringify(job), { mode: 0o600 });
    await launch(program, 'run', folder).catch((error) => {
      throw cannotStart('the VM', error);
    });
    return Keeper.#startedIn(folder);
  }

  /** Starts the keeper of the network on `folder`, which must hold its job and rules. @throws BhattiError host.no-network */
  static async startNetwork(program: string, folder: string): Promise<Keeper> {
    await launch(program, 'network', folder).catch((error) => {
      throw new BhattiError('host.no-network', `cannot make the network: ${messageOf(error)}`, {
        remedy: 'bhatti doctor shows what is missing',
        cause: error,
      });
    });
    return Keeper.#startedIn(folder);
  }

  static async #startedIn(folder: string): Promise<Keeper> {
    return (await Keeper.find(folder)) ?? new Keeper(folder, null);
  }

  /** Connects to the keeper that works on `folder`. @returns null when none lives */
  static async find(folder: string): Promise<Keeper | null> {
    const socket = await withSocketPath(folder, CONTROL_SOCKET, connectOrNull);
    if (socket === null) return null;
    const keeper = new Keeper(folder, socket);
    return keeper.#greeted.promise.then(
      () => keeper,
      () => null,
    );
  }

  /** How the child ended, or null when the keeper died without telling. */
  get ended(): Promise<ChildEnd | null> {
    return this.#ended.promise;
  }

  /** Resolves when the keeper itself is gone; it outlives the child only to hold memory. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  get state(): KeeperState {
    return this.#state;
  }

  /** SIGKILL for the child; `ended` follows. */
  kill(): void {
    this.#socket?.write('kill\n');
  }

  /** The held memory is of no use any more: the keeper ends. */
  release(): void {
    this.#socket?.write('release\n');
  }

  /**
   * Copies the child's memory: `copy` to MEMORY_FILE and `copy-held` to a file in memory, while it may run; `again` what may
   * have changed since, while it stands still. @throws BhattiError engine.failed | host.disk-full; then there is no copy
   */
  copyMemory(how: 'copy' | 'copy-held' | 'again'): Promise<MemoryCopied> {
    this.#copying = Promise.withResolvers();
    this.#socket?.write(`${how}\n`);
    if (this.#socket === null || this.#socket.destroyed) this.#copying.reject(cannotCopy('its keeper is gone'));
    return this.#copying.promise;
  }

  /** Forgets the copy: who maps it keeps it. */
  dropCopy(): void {
    this.#socket?.write('drop\n');
  }

  /** Puts the network's rules in force again. */
  reload(): void {
    this.#socket?.write('reload\n');
  }

  /** Its folder has another name now; the keeper works on in it. */
  movedTo(folder: string): void {
    this.#folder = folder;
  }

  /** Forgets the keeper without touching it. */
  detach(): void {
    this.#detached = true;
    this.#socket?.destroy();
  }

  #take(report: Report): void {
    if (report.is === 'state') {
      this.#state = report;
      this.#greeted.resolve();
      if (report.child === undefined) this.#endFromFile(); // it ended before we came
    } else if (report.is === 'network') {
      const { keeper, net, user } = report;
      this.#state = { keeper, network: user === undefined ? { net } : { net, user } };
      this.#greeted.resolve();
    } else if (report.is === 'ended') {
      const { keeper } = this.#state;
      this.#state = report.heldAs === undefined ? { keeper } : { keeper, heldAs: report.heldAs };
      this.#said = report.end;
      this.#ended.resolve(report.end);
    } else if (report.is === 'saved') {
      this.#copying?.resolve(report);
    } else if (report.is === 'unsaved') {
      this.#copying?.reject(cannotCopy(report.message));
    }
  }

  #onClose(): void {
    if (this.#detached) return; // it lives on: nothing has ended
    this.#greeted.reject(new Error('the keeper closed the connection'));
    this.#copying?.reject(cannotCopy('its keeper is gone'));
    if (this.#said === null) this.#endFromFile();
    this.#gone.resolve();
  }

  #endFromFile(): void {
    readEnd(this.#folder).then((end) => this.#ended.resolve(end));
  }
}

/** What a keeper wrote about the end of its child; null when it wrote nothing. */
export async function readEnd(folder: string): Promise<ChildEnd | null> {
  try {
    return JSON.parse(await readFile(join(folder, EXIT_FILE), 'utf8')) as ChildEnd;
  } catch {
    return null;
  }
}

function connectOrNull(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('error', () => resolve(null)); // 'close' follows: later errors tell nothing more
    socket.once('connect', () => resolve(socket));
  });
}

/** Runs the keeper program until it says that it is ready. @throws Error with its reason when it is not */
function launch(program: string, verb: 'run' | 'network', folder: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(program, [verb], {
    cwd: folder,
    env: {},
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.unref();
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_TIMEOUT_MS);
  child.on('error', reject);
  child.on('exit', (code, signal) => reject(new Error(`its keeper ended (${signal ?? code})`)));
  const lines = new JsonLines();
  child.stdout.setEncoding('utf8').on('data', (text) => {
    try {
      const report = lines.feed(String(text))[0] as Report | undefined;
      if (report?.is === 'ready') resolve();
      if (report?.is === 'failed') reject(new Error(report.message));
      if (report !== undefined) child.stdout.destroy();
    } catch (error) {
      reject(error);
    }
  });
  return promise.finally(() => clearTimeout(timer));
}
