/**
 * Keys for a session whose daemon may go and come back: what is typed meanwhile is kept for it, up to a bound.
 *
 *   apart --join--> joined --part--> apart; any --detach key--> left: nothing is read any more
 */
import type { Readable } from 'node:stream';
import { inputMessage } from '../client/joined.ts';
import type { Channel } from '../client/web-socket.ts';

/** Ctrl+\ : leaves the session running. */
const DETACH_KEY = 0x1c;
const KEPT_SIZE_MAX = 64 * 1024;

export class Keys {
  readonly #source: Readable;
  #channel: Channel | undefined;
  #kept: Buffer[] = [];
  #keptSize = 0;
  #ended = false;
  #left = false;

  constructor(source: Readable) {
    this.#source = source;
    const end = (): void => {
      this.#ended = true;
      this.say({ type: 'end' });
    };
    source.once('end', end).once('error', end);
    source.on('data', (bytes: Buffer) => void this.#take(bytes));
  }

  /** True once the detach key was pressed. */
  get left(): boolean {
    return this.#left;
  }

  /** From now on keys go there, those that were kept first. */
  join(channel: Channel): void {
    this.#channel = channel;
    const kept = this.#kept;
    this.#kept = [];
    this.#keptSize = 0;
    for (const bytes of kept) void channel.send(inputMessage(bytes));
    if (this.#ended) this.say({ type: 'end' });
  }

  /** The channel is no more. */
  part(): void {
    this.#channel = undefined;
  }

  /** A message beside the keys; nobody hears it while apart. */
  say(message: object): void {
    void this.#channel?.send(JSON.stringify(message));
  }

  async #take(bytes: Buffer): Promise<void> {
    if (this.#left) return;
    const at = bytes.indexOf(DETACH_KEY);
    const keys = at < 0 ? bytes : bytes.subarray(0, at);
    this.#left = at >= 0;
    if (this.#channel === undefined) {
      if (this.#keptSize + keys.length <= KEPT_SIZE_MAX) this.#kept.push(keys);
      this.#keptSize += keys.length;
      return;
    }
    this.#source.pause(); // at the pace of the program that reads them
    await this.#channel.send(inputMessage(keys));
    if (this.#left) this.say({ type: 'detach' });
    else this.#source.resume();
  }
}
