/**
 * Owners of the bus names that PID 1 waits for. Each name has a match of its own, so that the thousands of connections
 * that come and go on a busy bus wake nobody. A name that is watched stays so: who looked anew each time that a unit
 * starts could be told of the owner that has just died.
 */
import { BUS, type BusConnection } from './connection.ts';
import type { Message } from './message.ts';

/** At more the program ends, and begins anew with the names of units that run. */
const WATCHED_MAX = 4096;

export interface NamesPort {
  readonly connection: Pick<BusConnection, 'ask'>;
  /** '' when nobody has it. */
  owned(name: string, owner: string): void;
  tooMany(): void;
}

export class WatchedNames {
  readonly #port: NamesPort;
  /** null: the bus was asked and has not answered. */
  readonly #owners = new Map<string, string | null>();

  constructor(port: NamesPort) {
    this.#port = port;
  }

  /** Tells the owner as soon as it is known, and each other one that follows. */
  watch(name: string): void {
    const known = this.#owners.get(name);
    if (typeof known === 'string') this.#port.owned(name, known);
    if (known !== undefined) return;
    if (this.#owners.size >= WATCHED_MAX) {
      this.#port.tooMany();
      return;
    }
    this.#owners.set(name, null);
    const { connection } = this.#port;
    const rule = `type='signal',sender='${BUS.name}',interface='${BUS.name}',member='NameOwnerChanged',arg0='${name}'`;
    connection.ask('AddMatch', 's', [rule], () => undefined);
    connection.ask('GetNameOwner', 's', [name], (reply) => {
      const owner = reply?.args?.[0];
      this.#set(name, typeof owner === 'string' ? owner : '');
    });
  }

  /** Only the bus itself says who owns what. */
  hear({ sender, interface: from, member, args }: Message): void {
    if (sender !== BUS.name || from !== BUS.name || member !== 'NameOwnerChanged' || args === null) return;
    const [name, , owner] = args;
    if (typeof name === 'string' && typeof owner === 'string' && this.#owners.has(name)) this.#set(name, owner);
  }

  #set(name: string, owner: string): void {
    if (this.#owners.get(name) === owner) return;
    this.#owners.set(name, owner);
    this.#port.owned(name, owner);
  }
}
