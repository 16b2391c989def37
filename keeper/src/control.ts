/** The keeper's control socket: JSON lines out, one word a line in. Folder and socket are the owner's alone. */
import type { Fd, Loop, Sys, Watch } from '@bhatti/runtime/sys.ts';
import { COMMANDS, type Command, type Report } from './job.ts';

const CLIENTS_MAX = 8;
const WORD_SIZE_MAX = 64;

export interface ControlOwner {
  /** First line for each client. */
  greeting(): Report;
  onCommand(command: Command): void;
}

interface Client {
  readonly fd: Fd;
  readonly watch: Watch;
  word: string;
}

export class Control {
  readonly #sys: Sys;
  readonly #loop: Loop;
  readonly #clients = new Set<Client>();
  readonly #owner: ControlOwner;

  constructor(sys: Sys, loop: Loop, path: string, owner: ControlOwner) {
    this.#sys = sys;
    this.#loop = loop;
    this.#owner = owner;
    const listener = sys.listenUnix(path, 'stream', 0o600);
    loop.watch(listener, 'in', () => this.#accept(listener));
  }

  tell(report: Report): void {
    for (const client of this.#clients) this.#send(client, report);
  }

  #accept(listener: Fd): void {
    const fd = this.#sys.accept(listener);
    if (fd === null) return;
    if (this.#clients.size >= CLIENTS_MAX) {
      this.#sys.close(fd);
      return;
    }
    const client: Client = { fd, watch: this.#loop.watch(fd, 'in', () => this.#read(client)), word: '' };
    this.#clients.add(client);
    this.#send(client, this.#owner.greeting());
  }

  #read(client: Client): void {
    const bytes = new Uint8Array(WORD_SIZE_MAX);
    const size = this.#readOrEnd(client, bytes);
    if (size === 0) this.#drop(client);
    if (size <= 0) return;
    const words = (client.word + new TextDecoder().decode(bytes.subarray(0, size))).split('\n');
    client.word = words.pop() ?? '';
    if (client.word.length > WORD_SIZE_MAX) this.#drop(client);
    for (const word of words) {
      const command = COMMANDS.find((known) => known === word);
      if (command !== undefined) this.#owner.onCommand(command);
    }
  }

  /** A reset by the peer is an end like any other. */
  #readOrEnd(client: Client, into: Uint8Array): number {
    try {
      return this.#sys.read(client.fd, into);
    } catch {
      return 0;
    }
  }

  /** Lines are shorter than a socket buffer: a client that reads none of them is given up. */
  #send(client: Client, report: Report): void {
    const line = new TextEncoder().encode(`${JSON.stringify(report)}\n`);
    try {
      if (this.#sys.write(client.fd, line) !== line.length) this.#drop(client);
    } catch {
      this.#drop(client);
    }
  }

  #drop(client: Client): void {
    if (!this.#clients.delete(client)) return;
    client.watch.stop();
    this.#sys.close(client.fd);
  }
}
