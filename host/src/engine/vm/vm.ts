/**
 * One machine that runs: its keeper, its monitor and the link to lohar, each found again when it is lost.
 *
 *   launch (or adopt) --> running --guest ends, QEMU or keeper dies--> ended (never again running: a new start, a new Vm)
 *
 * The link is made anew, with a new epoch, when lohar or the daemon lost it; the machine does not notice.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CONSOLE_FILE } from '@bhatti/keeper/job.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Keeper } from '../keeper/control.ts';
import { withSocketPath } from '../keeper/socket-path.ts';
import { AgentLink } from '../link/agent-link.ts';
import { Qmp } from '../qemu/qmp.ts';
import { within } from './deadline.ts';
import { type Ended, exitReason } from './exit-reason.ts';
import { AGENT_SOCKET, MONITOR_SOCKET } from './folder.ts';
import { untilLoaded } from './until-loaded.ts';

const CONSOLE_TAIL = 16_384;
/** From the end of QEMU's sockets to its keeper's report: the time to free its memory. */
const LAST_WORD_MS = 2000;
/** A daemon that starts waits no longer than this for all its QEMUs, which are asked at once. */
const LOOK_MS = 3000;
const EVENTS_AGAIN_MS = 50;

export class Vm {
  readonly keeper: Keeper;
  /** Settles once: when QEMU has ended. */
  readonly ended: Promise<Ended>;
  #folder: string;
  #link: Promise<AgentLink> | null = null;
  #greeted: AgentLink | null = null;
  #monitor: Promise<Qmp>;
  #goodbye: 'poweroff' | 'reboot' | null = null;
  #shutdown: string | null = null;
  #asked = false;
  #over: Ended | null = null;
  #paused = false;
  #booted = Promise.withResolvers<void>();

  constructor(folder: string, keeper: Keeper) {
    this.#folder = folder;
    this.keeper = keeper;
    this.#booted.promise.catch(() => undefined);
    this.#monitor = this.#openMonitor();
    this.ended = this.#untilEnded();
  }

  get folder(): string {
    return this.#folder;
  }

  /** Its folder has another name now. */
  movedTo(folder: string): void {
    this.#folder = folder;
    this.keeper.movedTo(folder);
  }

  /** How it ended; null while it runs. */
  get over(): Ended | null {
    return this.#over;
  }

  /** True while its processors stand still. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Stops the processors; the guest does not notice. @throws BhattiError engine.failed */
  async pause(): Promise<void> {
    await (await this.#monitor).execute('stop');
    this.#paused = true;
  }

  /** @throws BhattiError engine.failed */
  async goOn(): Promise<void> {
    await (await this.#monitor).execute('cont');
    this.#paused = false;
  }

  /**
   * Asks QEMU whether the processors stand still, of a machine that another daemon began.
   * @throws BhattiError engine.boot-timeout when it does not answer: it hangs, or another process has its monitor
   */
  async look(): Promise<void> {
    const asking = this.#monitor.then((monitor) => monitor.execute('query-status'));
    const limits = { timeoutMs: LOOK_MS, signal: new AbortController().signal };
    const status = (await within(asking, 'ask QEMU for its state', limits)) as { running?: unknown };
    this.#paused = status.running !== true;
  }

  /** True when its end was our wish. */
  get wasAsked(): boolean {
    return this.#asked;
  }

  /** What lohar said of itself when it was last greeted. */
  get trouble(): string | undefined {
    return this.#greeted?.hello.trouble;
  }

  /** Resolves when lohar says that default.target is reached. @throws BhattiError when the machine ends before */
  get booted(): Promise<void> {
    return this.#booted.promise;
  }

  /** The link to lohar, once lohar has answered on it. @throws BhattiError link.lost, sandbox.crashed ... */
  async agent(): Promise<AgentLink> {
    if (this.#over !== null) throw notRunning(this.#over);
    this.#link ??= this.#connect();
    try {
      const link = await this.#link;
      await Promise.race([link.greeted, this.ended]);
      if (this.#over === null) return link;
    } catch (error) {
      // A machine that ends closes its sockets before its keeper tells why.
      await Promise.race([this.ended, pause(LAST_WORD_MS, undefined, { ref: false })]);
      if (this.#over === null) throw error;
    }
    throw notRunning(this.#over);
  }

  /** QEMU's monitor. @throws BhattiError engine.failed */
  monitor(): Promise<Qmp> {
    return this.#monitor;
  }

  /**
   * Lets a machine go on that was saved while its port was open, and greets it then: it sees no port open, and the interrupt
   * of an earlier greeting is forgotten, because QEMU loads the interrupt controller after the port.
   */
  async greetLoaded(): Promise<AgentLink> {
    this.#link = this.#connect(false); // QEMU waits for a client before it loads
    const link = await this.#link;
    await untilLoaded(this);
    await this.goOn();
    link.greet();
    return this.agent();
  }

  /** Closes the host's end of the agent port, so that the guest sees it close; agent() opens it again. */
  async hangUp(): Promise<void> {
    const link = await this.#link?.catch(() => null);
    link?.close();
    this.#link = null;
  }

  /** SIGKILL for QEMU; `ended` follows. */
  kill(): void {
    this.#asked = true;
    this.keeper.kill();
  }

  /** From now on an end of the machine is what we wanted. */
  expectEnd(): void {
    this.#asked = true;
  }

  /** Lets go of sockets; the machine runs on. */
  detach(): void {
    this.keeper.detach();
    this.#monitor.then(
      (monitor) => monitor.close(),
      () => undefined,
    );
    this.#link?.then(
      (link) => link.close(),
      () => undefined,
    );
  }

  async #connect(greets: boolean = true): Promise<AgentLink> {
    const link = await withSocketPath(this.#folder, AGENT_SOCKET, async (path) => {
      const opening = new AgentLink(path, greets);
      await opening.connected;
      return opening;
    });
    link.lost.then(() => {
      this.#link = null;
    });
    link.greeted.then(
      (hello) => this.#onHello(link, hello.booted),
      () => undefined,
    );
    return link;
  }

  #onHello(link: AgentLink, booted: boolean): void {
    this.#greeted = link;
    if (booted) this.#booted.resolve();
    void this.#followEvents(link); // when the link is lost, agent() makes another
  }

  /** A lohar that executes itself anew lets go of this stream, while the link goes on. */
  async #followEvents(link: AgentLink): Promise<void> {
    while (!link.over) {
      await this.#followOnce(link).catch(() => undefined);
      await pause(EVENTS_AGAIN_MS, undefined, { ref: false }); // however the guest ends it, and however often
    }
  }

  async #followOnce(link: AgentLink): Promise<void> {
    for await (const message of link.open({ op: 'events' }).messages) {
      if (message.is === 'booted') this.#booted.resolve();
      if (message.is === 'goodbye') this.#goodbye = message.action;
    }
  }

  #openMonitor(): Promise<Qmp> {
    const opening = withSocketPath(this.#folder, MONITOR_SOCKET, (path) => Qmp.open(path));
    opening.catch(() => undefined); // told to whoever asks for the monitor
    return opening;
  }

  async #untilEnded(): Promise<Ended> {
    const end = await this.keeper.ended;
    const monitor = await this.#monitor.catch(() => null);
    await monitor?.closed;
    this.#shutdown = monitor?.shutdownReason ?? null;
    const console = await consoleTail(this.#folder);
    const link = await this.#link?.catch(() => null);
    await link?.lost;
    const seen = { end, shutdown: this.#shutdown, goodbye: this.#goodbye, console, asked: this.#asked };
    this.#over = exitReason(seen);
    this.#booted.reject(notRunning(this.#over));
    return this.#over;
  }
}

/** @returns the error that tells why a machine cannot be used */
export function notRunning({ state, reason }: Ended): BhattiError {
  const code = state === 'crashed' ? 'sandbox.crashed' : 'sandbox.not-running';
  return new BhattiError(code, `cannot reach the guest: ${reason}`, { remedy: 'bhatti start boots it again' });
}

/** The last lines of the serial console; '' when there are none. */
export async function consoleTail(folder: string, size: number = CONSOLE_TAIL): Promise<string> {
  try {
    await using file = await open(join(folder, CONSOLE_FILE), 'r');
    const { size: all } = await file.stat();
    const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, Math.max(0, all - size));
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}
