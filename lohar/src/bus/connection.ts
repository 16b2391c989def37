/**
 * One connection to the system bus.
 *
 *   asked who it is (SASL EXTERNAL) -> open -> gone: the bus ended it, or said what is no message
 *
 * Facts: D-Bus Specification, "Authentication Protocol" and "Message Bus Messages".
 */
import { AGAIN, type Fd, type Loop, type Sys, SysError, type Watch } from '@bhatti/runtime/sys.ts';
import { joined } from '../joined-bytes.ts';
import { type Draft, decodeMessage, encodeMessage, type Message } from './message.ts';

/** Where dbus.socket listens. */
export const SYSTEM_BUS = '/run/dbus/system_bus_socket';
export const BUS = { name: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' } as const;
const CHUNK = 4096;
/** A line of the authentication has no more. */
const LINE_MAX = 1024;
/** What the bus does not take: it has stopped reading long ago. */
const BACKLOG_MAX = 1024 * 1024;
const CALLS_MAX = 4096;

type BusSys = Pick<Sys, 'connectUnix' | 'read' | 'write' | 'close' | 'identity' | 'encode' | 'decode'>;

/** The arguments of a reply, or null for an error. */
export type OnReply = (reply: Message | null) => void;

export interface ConnectionPort {
  /** The bus knows this connection; its guid is another one for each run of the bus. */
  opened(guid: string): void;
  /** A signal or a method call. */
  received(message: Message): void;
  /** It is over; nothing follows. null: the bus ended it, as it does at its own end. */
  gone(why: string | null): void;
}

export class BusConnection {
  readonly #sys: BusSys;
  readonly #port: ConnectionPort;
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #calls = new Map<number, OnReply>();
  /** Never longer than one message and a chunk. */
  #received = new Uint8Array(0);
  #unsent = new Uint8Array(0);
  #serial = 0;
  #open = false;
  #isGone = false;

  /** @throws SysError when nobody listens */
  constructor(sys: BusSys, loop: Pick<Loop, 'watch'>, port: ConnectionPort) {
    this.#sys = sys;
    this.#port = port;
    this.#fd = sys.connectUnix(SYSTEM_BUS, 'stream');
    this.#watch = loop.watch(this.#fd, 'in', (ready) => {
      if (ready.out) this.#flush();
      if (ready.in || ready.hangup) this.#receive();
    });
    // The uid as text, in hex, behind the one NUL that a connection begins with.
    const uid = [...`${sys.identity().uid}`].map((digit) => digit.charCodeAt(0).toString(16)).join('');
    this.#write(sys.encode(`\0AUTH EXTERNAL ${uid}\r\n`));
  }

  /** Asks the bus itself. */
  ask(member: string, signature: string, args: readonly (string | number)[], onReply: OnReply): void {
    if (this.#calls.size >= CALLS_MAX) {
      this.#end('too many unanswered calls');
      return;
    }
    const serial = this.send({
      ...{ type: 'call', destination: BUS.name, path: BUS.path, interface: BUS.name },
      ...{ member, signature, args },
    });
    this.#calls.set(serial, onReply);
  }

  /** @returns the message's serial */
  send(draft: Draft): number {
    this.#serial++;
    this.#write(encodeMessage(draft, this.#serial));
    return this.#serial;
  }

  #write(bytes: Uint8Array): void {
    if (this.#isGone) return;
    if (this.#unsent.length + bytes.length > BACKLOG_MAX) this.#end('it takes nothing any more');
    else {
      this.#unsent = joined(this.#unsent, bytes);
      this.#flush();
    }
  }

  #flush(): void {
    while (this.#unsent.length > 0 && !this.#isGone) {
      const size = this.#try(() => this.#sys.write(this.#fd, this.#unsent));
      if (size === AGAIN || size === null) break;
      this.#unsent = this.#unsent.slice(size);
    }
    if (!this.#isGone) this.#watch.set(this.#unsent.length > 0 ? 'both' : 'in');
  }

  #receive(): void {
    if (this.#isGone) return;
    const chunk = new Uint8Array(CHUNK);
    const size = this.#try(() => this.#sys.read(this.#fd, chunk));
    if (size === AGAIN || size === null) return;
    if (size === 0) {
      this.#end(null);
      return;
    }
    this.#received = joined(this.#received, chunk.subarray(0, size));
    if (!this.#open) this.#takeLine();
    while (this.#open && !this.#isGone && this.#takeMessage());
  }

  /** @returns null when the connection is over */
  #try(call: () => number): number | null {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#end(error.message);
      return null;
    }
  }

  #takeLine(): void {
    const end = this.#received.indexOf(0x0a);
    if (end < 0 && this.#received.length < LINE_MAX) return;
    const line = this.#sys.decode(this.#received.subarray(0, Math.max(0, end))).trim();
    const guid = /^OK ([0-9a-f]{32})$/.exec(line)?.[1];
    if (guid === undefined) {
      this.#end(`the bus refused: ${line.slice(0, LINE_MAX)}`);
      return;
    }
    this.#received = this.#received.slice(end + 1);
    this.#open = true;
    this.#write(this.#sys.encode('BEGIN\r\n'));
    this.#port.opened(guid);
  }

  /** @returns false when none is whole */
  #takeMessage(): boolean {
    const decoded = decodeMessage(this.#received);
    if (decoded.is === 'bad') this.#end(`no message: ${decoded.why}`);
    if (decoded.is !== 'message') return false;
    this.#received = this.#received.slice(decoded.size);
    this.#hear(decoded.message);
    return true;
  }

  #hear(message: Message): void {
    if (message.type !== 'return' && message.type !== 'error') {
      this.#port.received(message);
      return;
    }
    const onReply = this.#calls.get(message.replySerial);
    if (onReply === undefined || message.sender !== BUS.name) return;
    this.#calls.delete(message.replySerial);
    onReply(message.type === 'return' ? message : null);
  }

  #end(why: string | null): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#watch.stop();
    this.#sys.close(this.#fd);
    this.#port.gone(why);
  }
}
