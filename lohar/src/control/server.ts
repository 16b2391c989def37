/** The control socket of PID 1: one JSON line from a client, replies until `end` (protocol.ts). */
import { type Fd, type Loop, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { mayAsk } from './authority.ts';
import { type Client, converse } from './conversation.ts';
import { CONTROL_SOCKET, type Request } from './protocol.ts';
import { readRequest } from './read-request.ts';

/** Anyone may connect; the kernel says who it is. */
const SOCKET_MODE = 0o666;
const CLIENTS_MAX = 1024;
const ACCEPTS_PER_TURN = 64;

export type Answer = (request: Request, client: Client) => void;

export interface ControlPort {
  readonly answer: Answer;
  /** Number of group sudo; null when there is none. */
  sudoGroup(): number | null;
  /** What a handler threw. */
  failed(error: unknown): void;
}

type ServerSys = Pick<
  Sys,
  'accept' | 'peerCredentials' | 'setNonBlocking' | 'read' | 'write' | 'close' | 'encode' | 'decode'
>;

/** @throws SysError when the socket cannot be made */
export function openControlSocket(sys: Pick<Sys, 'unlink' | 'listenUnix'>): Fd {
  try {
    sys.unlink(CONTROL_SOCKET);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
  }
  return sys.listenUnix(CONTROL_SOCKET, 'stream', SOCKET_MODE);
}

export class ControlServer {
  readonly #sys: ServerSys;
  readonly #loop: Loop;
  readonly #port: ControlPort;
  readonly #clients = new Set<Client>();

  constructor(sys: ServerSys, loop: Loop, port: ControlPort) {
    this.#sys = sys;
    this.#loop = loop;
    this.#port = port;
  }

  listen(fd: Fd): void {
    this.#loop.watch(fd, 'in', () => this.#accept(fd));
  }

  #accept(listener: Fd): void {
    for (let count = 0; count < ACCEPTS_PER_TURN; count++) {
      const fd = this.#sys.accept(listener);
      if (fd === null) return;
      if (this.#clients.size >= CLIENTS_MAX) this.#sys.close(fd);
      else this.#converse(fd);
    }
  }

  #converse(fd: Fd): void {
    const conversation = converse(this.#sys, this.#loop, fd, (line, client) => this.#take(line, client));
    this.#clients.add(conversation);
    conversation.onClose(() => this.#clients.delete(conversation));
    conversation.begin();
  }

  #take(line: string, client: Client): void {
    const request = readRequest(line);
    if ('wrong' in request) {
      client.reply({ is: 'error', error: { name: 'InvalidArgs', message: request.wrong } });
      client.end();
    } else if (!mayAsk(request, client, () => this.#port.sudoGroup())) {
      this.#deny(request, client);
    } else this.#answer(request, client);
  }

  /** systemd without a polkit says the same: each named unit by itself, or the whole request. */
  #deny(request: Request, client: Client): void {
    const error = { name: 'AccessDenied', message: 'Access denied' } as const;
    if (
      request.verb === 'job' ||
      request.verb === 'isolate' ||
      request.verb === 'kill' ||
      request.verb === 'reset-failed'
    )
      for (const name of request.names) client.reply({ is: 'failed', name, unit: withSuffix(name), error });
    else client.reply({ is: 'error', error });
    client.end();
  }

  #answer(request: Request, client: Client): void {
    try {
      this.#port.answer(request, client);
    } catch (error) {
      this.#port.failed(error);
      client.reply({ is: 'error', error: { name: 'Failed', message: 'Internal error.' } });
      client.end();
    }
  }
}

const withSuffix = (name: string): string => (/\.[a-z]+$/.test(name) ? name : `${name}.service`);
