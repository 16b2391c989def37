/**
 * HTTP/1.1 over a plain socket, one request a connection. Node's own client costs 24 of the 45 ms that `bhatti exec`
 * would take to start (docs/decisions/cli-client.md), more than the command in the sandbox.
 */
import { connect, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Address } from './address.ts';
import { ByteReader, type ReplyHead, readBody, readHead } from './http-reply.ts';

export type RequestBody = Uint8Array | AsyncIterable<Uint8Array>;

export interface HttpRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpReply extends ReplyHead {
  readonly body: AsyncIterable<Buffer>;
}

/** A connection whose head has been read; `reader` goes on where that ended. */
export interface Connection {
  readonly socket: Socket;
  readonly reader: ByteReader;
  readonly head: ReplyHead;
}

function unreachable(address: Address, cause: unknown): BhattiError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const where = address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
  const denied = cause instanceof Error && 'code' in cause && cause.code === 'EACCES';
  const here = denied
    ? `sudo usermod --append --groups bhatti ${userInfo().username}, and log in anew`
    : 'bhatti serve';
  const remedy = address.kind === 'unix' ? here : 'check --url, and that "bhatti serve --listen" runs there';
  return new BhattiError('daemon.unreachable', `cannot reach the daemon at ${where}: ${why}`, { remedy, cause });
}

async function dial(address: Address): Promise<Socket> {
  const tls = address.kind === 'tcp' && address.tls ? await import('node:tls') : undefined;
  const options = { ALPNProtocols: ['http/1.1'] };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket =
    address.kind === 'unix'
      ? connect(address.path)
      : (tls?.connect({ ...options, host: address.host, port: address.port, servername: address.host }) ??
        connect(address.port, address.host));
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => resolve());
  socket.once('error', reject);
  await promise;
  return socket;
}

/** True when nobody listens there: no socket, or that of a daemon that is gone. */
function nobody(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED');
}

async function openSocket(address: Address): Promise<Socket> {
  try {
    return await dial(address);
  } catch (error) {
    if (address.kind !== 'unix' || address.start === undefined || !nobody(error)) throw unreachable(address, error);
    await address.start();
    return dial(address).catch((again) => Promise.reject(unreachable(address, again)));
  }
}

/** Resolves when there is room for more. */
export function write(socket: Socket, bytes: Uint8Array | string): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}

/**
 * Without `connection: close`, although one request is all: with it the daemon hangs up as soon as it has refused an upload,
 * and what is still being sent then fails before the refusal is read.
 */
function headText(address: Address, request: HttpRequest): string {
  const { body } = request;
  const headers: Record<string, string> = {
    host: address.kind === 'unix' ? 'bhatti' : address.host,
    ...(address.kind === 'tcp' && address.key !== undefined ? { authorization: `Bearer ${address.key}` } : {}),
    ...(body instanceof Uint8Array ? { 'content-length': String(body.length) } : {}),
    ...(body !== undefined && !(body instanceof Uint8Array) ? { 'transfer-encoding': 'chunked' } : {}),
    ...request.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${request.method} ${request.path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

async function sendBody(socket: Socket, body: RequestBody | undefined, answered: () => boolean): Promise<void> {
  if (body === undefined) return;
  if (body instanceof Uint8Array) return write(socket, body);
  for await (const piece of body) {
    if (answered()) return; // a refusal: what is left interests nobody
    if (piece.length === 0) continue;
    socket.cork();
    socket.write(`${piece.length.toString(16)}\r\n`);
    socket.write(piece);
    const room = write(socket, '\r\n');
    socket.uncork();
    await room;
  }
  await write(socket, '0\r\n\r\n');
}

/** Sends a request and reads the head of the reply. @throws BhattiError daemon.unreachable | link.lost */
export async function request(address: Address, request: HttpRequest): Promise<Connection> {
  const socket = await openSocket(address);
  socket.on('error', () => {}); // whoever reads or writes meets it
  const abort = (): void => void socket.destroy();
  request.signal?.addEventListener('abort', abort, { once: true });
  if (request.signal?.aborted) abort();
  const reader = new ByteReader(socket);
  let answered = false;
  const head = readHead(reader).finally(() => {
    answered = true;
  });
  head.catch(() => {});
  try {
    socket.write(headText(address, request));
    await sendBody(socket, request.body, () => answered);
    return { socket, reader, head: await head };
  } catch (cause) {
    socket.destroy();
    if (cause instanceof BhattiError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BhattiError('link.lost', `cannot read the daemon's reply: ${why}`, {
      remedy: 'look into daemon.log in the data directory',
      cause,
    });
  }
}

async function* bodyOf({ socket, reader, head }: Connection): AsyncGenerator<Buffer> {
  try {
    yield* readBody(reader, head);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BhattiError('link.lost', `cannot read the daemon's reply: ${why}`, { remedy: 'try again', cause });
  } finally {
    socket.destroy();
  }
}

/** @throws BhattiError daemon.unreachable | link.lost */
export async function fetchReply(address: Address, asked: HttpRequest): Promise<HttpReply> {
  const connection = await request(address, asked);
  return { ...connection.head, body: bodyOf(connection) };
}
