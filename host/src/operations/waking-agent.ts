/** An agent whose streams wake their sandbox when something is to be said on them: a terminal may outlive a pause. */
import type { Channel, HostMessage, Request } from '@bhatti/wire/messages.ts';
import type { Agent, AgentStream } from '../ports/agent.ts';

export interface Sleeper {
  isPaused(): boolean;
  wake(): Promise<unknown>;
}

export function wakingAgent(agent: Agent, sleeper: Sleeper): Agent {
  return {
    hello: agent.hello,
    open: (request: Request) => new WakingStream(agent.open(request), sleeper),
  };
}

class WakingStream implements AgentStream {
  readonly #stream: AgentStream;
  readonly #sleeper: Sleeper;
  /** What is said one after the other stays in order. */
  #said: Promise<unknown> = Promise.resolve();

  constructor(stream: AgentStream, sleeper: Sleeper) {
    this.#stream = stream;
    this.#sleeper = sleeper;
  }

  get messages(): AgentStream['messages'] {
    return this.#stream.messages;
  }

  get closed(): Promise<void> {
    return this.#stream.closed;
  }

  channel(channel: Channel): AsyncIterable<Uint8Array> {
    return this.#stream.channel(channel);
  }

  async write(channel: Channel, bytes: Uint8Array): Promise<void> {
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
    if (this.#sleeper.isPaused()) this.#wake().then(say, say);
    else say();
  }

  /** A sandbox that cannot be woken has ended, which the stream tells better. */
  #wake(): Promise<unknown> {
    this.#said = this.#said.then(() => this.#sleeper.wake()).catch(() => undefined);
    return this.#said;
  }
}
