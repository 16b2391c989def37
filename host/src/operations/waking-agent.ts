/** An agent whose streams wake their sandbox when something is to be said on them: a terminal may outlive a pause. */
import type { Channel, HostMessage, Request } from '@bhatti/wire/messages.ts';
import type { Agent, AgentStream } from '../ports/agent.ts';

export interface Sleeper {
  isPaused(): boolean;
  wake(): Promise<unknown>;
  /** Something is said. */
  touch(): void;
  /** A stream that is work until it is closed. */
  begin(closed: Promise<void>): void;
}

/** A terminal may be open for days: what is said on it counts. */
const isTerminal = (request: Request): boolean =>
  request.op === 'attach' || (request.op === 'exec' && request.tty !== undefined);

/** @param terminals true when its streams are terminals, whatever their requests say */
export function wakingAgent(agent: Agent, sleeper: Sleeper, terminals: boolean): Agent {
  return {
    hello: agent.hello,
    open: (request: Request) => {
      const stream = agent.open(request);
      const terminal = terminals || isTerminal(request);
      if (terminal) sleeper.touch();
      else sleeper.begin(stream.closed);
      // It was paused between the look at it and this.
      if (sleeper.isPaused()) sleeper.wake().catch(() => undefined);
      return new WakingStream(stream, sleeper, terminal);
    },
  };
}

class WakingStream implements AgentStream {
  readonly #stream: AgentStream;
  readonly #sleeper: Sleeper;
  readonly #terminal: boolean;
  /** What is said one after the other stays in order. */
  #said: Promise<unknown> = Promise.resolve();

  constructor(stream: AgentStream, sleeper: Sleeper, terminal: boolean) {
    this.#stream = stream;
    this.#terminal = terminal;
    this.#sleeper = sleeper;
  }

  get messages(): AgentStream['messages'] {
    return this.#stream.messages;
  }

  get closed(): Promise<void> {
    return this.#stream.closed;
  }

  channel(channel: Channel): AsyncIterable<Uint8Array> {
    const bytes = this.#stream.channel(channel);
    return this.#terminal ? this.#noted(bytes) : bytes;
  }

  async *#noted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of source) {
      this.#sleeper.touch();
      yield bytes;
    }
  }

  borrow(channel: Channel): AsyncIterable<Uint8Array> {
    return this.#stream.borrow(channel);
  }

  async write(channel: Channel, bytes: Uint8Array): Promise<void> {
    this.#sleeper.touch();
    if (this.#sleeper.isPaused()) await this.#wake();
    return this.#stream.write(channel, bytes);
  }

  async writeAll(channel: Channel, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    if (this.#sleeper.isPaused()) await this.#wake();
    return this.#stream.writeAll(channel, content);
  }

  end(channel: Channel): void {
    this.#say(() => this.#stream.end(channel));
  }

  send(message: HostMessage): void {
    this.#say(() => this.#stream.send(message));
  }

  /** No reason to wake anybody: the guest learns it when it is awake. */
  close(): void {
    this.#stream.close();
  }

  #say(say: () => void): void {
    this.#sleeper.touch();
    if (this.#sleeper.isPaused()) this.#wake().then(say, say);
    else say();
  }

  /** A sandbox that cannot be woken has ended, which the stream tells better. */
  #wake(): Promise<unknown> {
    this.#said = this.#said.then(() => this.#sleeper.wake()).catch(() => undefined);
    return this.#said;
  }
}
