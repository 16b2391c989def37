/**
 * A command, a session, or a connection to a port, that outlives the daemon, and its daemon's link to the guest:
 *
 *   running --connection lost--> dialled again, until it is there --the guest knows it--> running
 *                                                                 --it does not--> exec.lost
 *
 * Who goes on says how much of the output is here, and hears how much of the input is there: each byte comes once. It
 * waits for a sandbox that was set aside; what is typed on a terminal wakes that.
 */
import { randomBytes } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Address } from './address.ts';
import { type Api, sandboxPath } from './api.ts';
import { type Ending, follow, inputMessage, type Outputs, type Started } from './joined.ts';
import { SentInput } from './sent-input.ts';
import { type Channel, openChannel } from './web-socket.ts';

/** How long nobody answers before the command is given up. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 100;
/** A sandbox that is just being set aside is woken a little later. */
const WAKE_AGAIN_MS = 500;
/** What is on its way to a session that is left gets there meanwhile. */
const LEAVE_MS = 1000;
/** A daemon that is started again most often answers sooner. */
const AWAY_MS = 2000;

/** Opens the stream of commands; `start`: of a daemon that is started when there is none. */
export type Dial = (start: boolean) => Promise<Channel>;

export interface LastingOptions {
  readonly dial: Dial;
  /** It is a session: open, it is no work while nothing is said, and a daemon that is gone is started for it. */
  readonly terminal?: boolean;
  /** The request, without `keep`. */
  readonly opening: object;
  readonly outputs: Outputs;
  /** Wakes a sandbox that was set aside, for what is typed. */
  readonly wake?: () => Promise<unknown>;
  /** The guest does not know it by its name any more. @returns what to ask for instead */
  readonly afresh?: () => object;
  /** Nobody has answered for a while. */
  readonly onAway?: () => void;
}

/** Opens streams of commands in a sandbox. */
export function dialer(address: Address, sandbox: string): Dial {
  return (start) => openChannel(start ? address : asItIs(address), sandboxPath(sandbox, '/exec/ws'));
}

/** What a terminal in a sandbox has in common, whatever runs on it. */
export function terminalIn(api: Api, sandbox: string): Pick<LastingOptions, 'dial' | 'terminal' | 'wake'> {
  return {
    dial: dialer(api.address, sandbox),
    terminal: true,
    wake: () => api.json('POST', sandboxPath(sandbox, '/resume')),
  };
}

/** Of a daemon that is not started when it is not there. */
function asItIs(address: Address): Address {
  if (address.kind !== 'unix') return address;
  const { start: _, ...rest } = address;
  return rest;
}

function newName(): string {
  return Array.from(randomBytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class LastingCommand {
  readonly #options: LastingOptions;
  #keep = newName();
  #received = [0, 0];
  #sent = new SentInput();
  #inputEnded = false;
  #channel: Channel | null = null;
  /** Settles when bytes may be sent; another one once the connection is lost. */
  #open = Promise.withResolvers<void>();
  #lost = Promise.withResolvers<void>();
  #closed = false;
  #left = false;
  /** The one of the moment, whether or not the guest has answered on it. */
  #dialled: Channel | null = null;
  /** Somebody typed, and its sandbox is being woken. */
  #waking = false;

  constructor(options: LastingOptions) {
    this.#options = options;
  }

  /** Resolves when it has ended. @param onStarted called once @throws BhattiError */
  async run(onStarted: (started: Started) => void): Promise<Ending> {
    const { dial, opening } = this.#options;
    let channel = await dial(true);
    this.#dialled = channel;
    await channel.send(JSON.stringify({ ...opening, keep: this.#keep }));
    let started = false;
    for (;;) {
      const following = follow(channel, this.#counted(), (begun) => {
        if (!started) onStarted(begun);
        started = true;
        if (this.#closed) channel.close();
        void this.#begin(channel, begun.given);
      });
      const ending = await following.catch((error) => this.#forgotten(error));
      if (ending.how !== 'lost' || !started) return ending;
      this.#stop();
      const next = await this.#again(ending.error.code === 'exec.lost');
      if (next === null) return this.#left ? { how: 'detached' } : ending;
      channel = next;
    }
  }

  /** Passes input on, at the pace of the command that reads it. */
  async feed(input: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of input) {
      if (this.#channel === null) void this.#want();
      await this.#untilOpen();
      this.#sent.add(bytes);
      await this.#send(inputMessage(bytes));
    }
  }

  /** Nobody wants it any more: run() resolves. */
  close(): void {
    this.#closed = true;
    this.#dialled?.close();
  }

  /** Leaves a session running, behind what was fed to it: run() resolves. */
  detach(): void {
    void this.say({ type: 'detach' });
  }

  /** Leaves it soon, though it is lost or does not read what was fed to it: run() resolves. */
  leave(): void {
    const now = (): void => {
      this.#left = true;
      this.close();
    };
    if (this.#channel === null) now();
    else setTimeout(now, LEAVE_MS).unref();
  }

  endInput(): void {
    this.#inputEnded = true;
    void this.say({ type: 'end' });
  }

  /** A control message. */
  async say(control: object): Promise<void> {
    await this.#untilOpen();
    await this.#send(JSON.stringify(control));
  }

  #counted(): Outputs {
    const { stdout, stderr } = this.#options.outputs;
    const received = this.#received;
    return {
      async stdout(bytes) {
        received[0] = (received[0] ?? 0) + bytes.length;
        await stdout(bytes);
      },
      async stderr(bytes) {
        received[1] = (received[1] ?? 0) + bytes.length;
        await stderr(bytes);
      },
    };
  }

  /** @param given bytes of input that the command has, of one that is gone on with */
  async #begin(channel: Channel, given: number | undefined): Promise<void> {
    this.#channel = channel;
    if (given !== undefined) {
      for (const bytes of this.#sent.since(given) ?? []) await this.#send(inputMessage(bytes));
      if (this.#inputEnded) await this.#send('{"type":"end"}');
    }
    if (this.#channel === channel) this.#open.resolve();
  }

  #stop(): void {
    this.#channel = null;
    this.#open.resolve(); // who waits looks again
    this.#open = Promise.withResolvers();
    this.#lost.resolve();
    this.#lost = Promise.withResolvers();
  }

  /** Wakes the sandbox, until it is there. */
  async #want(): Promise<void> {
    const { wake } = this.#options;
    if (wake === undefined || this.#waking) return;
    this.#waking = true;
    while (this.#channel === null && !this.#closed) {
      await wake().catch(() => undefined); // what is wrong with it is told on the stream
      await new Promise<void>((resolve) => void setTimeout(resolve, WAKE_AGAIN_MS).unref());
    }
    this.#waking = false;
  }

  /** @throws what it is given, unless there is something to ask for instead */
  #forgotten(error: unknown): Ending {
    if (this.#options.afresh !== undefined && error instanceof BhattiError && error.code === 'exec.lost')
      return { how: 'lost', error };
    throw error;
  }

  /** What is sent first to go on. @param forgotten the guest does not know it any more */
  #request(forgotten: boolean): object {
    const { afresh, terminal } = this.#options;
    if (!forgotten || afresh === undefined) return { resume: this.#keep, received: this.#received, terminal };
    this.#keep = newName();
    this.#received = [0, 0];
    this.#sent = new SentInput();
    return { ...afresh(), keep: this.#keep };
  }

  async #untilOpen(): Promise<void> {
    for (let open = this.#open; ; open = this.#open) {
      await open.promise;
      if (open === this.#open) return;
    }
  }

  /** What does not arrive is sent again, when it is there. */
  async #send(data: string | Uint8Array): Promise<void> {
    await Promise.race([this.#channel?.send(data).catch(() => undefined), this.#lost.promise]);
  }

  /** @param forgotten the guest does not know it any more @returns null when nobody wants it any more */
  async #again(forgotten: boolean): Promise<Channel | null> {
    const { dial, onAway, terminal } = this.#options;
    const from = Date.now();
    for (let told = false; !this.#closed; ) {
      await new Promise<void>((resolve) => void setTimeout(resolve, AGAIN_MS));
      try {
        const channel = await dial(terminal === true); // somebody sits there
        this.#dialled = channel;
        await channel.send(JSON.stringify(this.#request(forgotten)));
        if (this.#closed) channel.close();
        return channel;
      } catch (error) {
        const isGone = error instanceof BhattiError && ['daemon.unreachable', 'link.lost'].includes(error.code);
        const awayMs = Date.now() - from;
        if (!isGone || awayMs > PATIENCE_MS) throw error;
        if (awayMs > AWAY_MS && !told) onAway?.();
        told ||= awayMs > AWAY_MS;
      }
    }
    return null;
  }
}
