/** A connection to the lohar of one VM: what the engine hands out, what operations speak to. */
import type { Channel, GuestHello, GuestMessage, HostMessage, Request } from '@bhatti/wire/messages.ts';

export interface AgentStream {
  /** Messages of the guest in order; ends at CLOSE, throws the BhattiError of a CLOSE with an error or of a lost link. */
  readonly messages: AsyncIterable<GuestMessage>;
  /** The guest's bytes; flow control follows the reader. */
  channel(channel: Channel): AsyncIterable<Uint8Array>;
  /** channel() for much: pieces as large as there are, each valid until the next is asked for. */
  borrow(channel: Channel): AsyncIterable<Uint8Array>;
  /** Resolves when the bytes are accepted for sending (flow control); rejects when the stream is closed. */
  write(channel: Channel, bytes: Uint8Array): Promise<void>;
  /**
   * write() of all the content in as few frames as it fits: nothing leaves before there is enough for one, or the end.
   * It is done with a piece of the content when it asks for the next.
   */
  writeAll(channel: Channel, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  end(channel: Channel): void;
  send(message: HostMessage): void;
  /** Gives the stream up: the guest ends what belongs to it. No error when already closed. */
  close(): void;
  /** Settles when the stream is closed, with its error if any. */
  readonly closed: Promise<void>;
}

export interface Agent {
  readonly hello: GuestHello;
  /** @throws BhattiError link.lost | stream.limit */
  open(request: Request): AgentStream;
}
