/**
 * A command with pipes, or a connection to a port, that outlives the daemon, and its daemon's link to the guest:
 *
 *   running --connection lost--> dialled again, until it is there --the guest knows it--> running
 *                                                                 --it does not--> exec.lost
 *
 * Who goes on says how much of the output is here, and hears how much of the input is there: each byte comes once.
 */
import { randomBytes } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Address } from './address.ts';
import { sandboxPath } from './api.ts';
import { type Ending, follow, inputMessage, type Outputs } from './joined.ts';
import { SentInput } from './sent-input.ts';
import { type Channel, openChannel } from './web-socket.ts';

/** How long nobody answers before the command is given up. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 100;

export interface LastingOptions {
  /** Opens the stream of commands; `again` of a daemon that must be there by itself: whoever starts one may not come back. */
  readonly dial: (again: boolean) => Promise<Channel>;
  /** The request, without `keep`. */
  readonly opening: object;
  readonly outputs: Outputs;
}

/** Opens streams of commands in a sandbox. */
export function dialer(address: Address, sandbox: string): LastingOptions['dial'] {
  return (again) => openChannel(again ? asItIs(address) : address, sandboxPath(sandbox, '/exec/ws'));
}

/** Of a daemon that is not started when it is not there. */
function asItIs(address: Address): Address {
  if (address.kind !== 'unix') return address;
  const { start: _, ...rest } = address;
  return rest;
}

export class LastingCommand {
  readonly #options: LastingOptions;
  readonly #keep = Array.from(randomBytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('');
  readonly #received = [0, 0];
  readonly #sent = new SentInput();
  #inputEnded = false;
  #channel: Channel | null = null;
  /** Settles when bytes may be sent; another one once the connection is lost. */
  #open = Promise.withResolvers<void>();
  #lost = Promise.withResolvers<void>();
  #closed = false;

  constructor(options: LastingOptions) {
    this.#options = options;
  }

  /** Resolves when it has ended. @param onStarted called once @throws BhattiError */
  async run(onStarted: () => void): Promise<Ending> {
    const { dial, opening } = this.#options;
    let channel = await dial(false);
    await channel.send(JSON.stringify({ ...opening, keep: this.#keep }));
    let started = false;
    for (let until = 0; ; ) {
      const ending = await follow(channel, this.#counted(), ({ given }) => {
        until = Date.now() + PATIENCE_MS;
        if (!started) onStarted();
        started = true;
        if (this.#closed) channel.close();
        void this.#begin(channel, given);
      });
      if (ending.how !== 'lost' || !started || this.#closed || Date.now() > until) return ending;
      this.#stop();
      channel = await this.#again(until);
    }
  }

  /** Passes standard input on, at the pace of the command that reads it. */
  async feed(input: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of input) {
      await this.#untilOpen();
      this.#sent.add(bytes);
      await this.#send(inputMessage(bytes));
    }
    this.endInput();
  }

  /** Nobody wants it any more: run() resolves. */
  close(): void {
    this.#closed = true;
    this.#channel?.close();
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
    this.#open.resolve();
  }

  #stop(): void {
    this.#channel = null;
    this.#open.resolve(); // who waits looks again
    this.#open = Promise.withResolvers();
    this.#lost.resolve();
    this.#lost = Promise.withResolvers();
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

  async #again(until: number): Promise<Channel> {
    for (;;) {
      await new Promise<void>((resolve) => void setTimeout(resolve, AGAIN_MS));
      try {
        const channel = await this.#options.dial(true);
        await channel.send(JSON.stringify({ resume: this.#keep, received: this.#received }));
        return channel;
      } catch (error) {
        const isGone = error instanceof BhattiError && ['daemon.unreachable', 'link.lost'].includes(error.code);
        if (!isGone || this.#closed || Date.now() > until) throw error;
      }
    }
  }
}
