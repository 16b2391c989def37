/** Where the API listens: the owner's unix socket, and TCP for whoever has a key. */
import { execFile } from 'node:child_process';
import { chmod, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { WebSocketServer } from 'ws';
import type { ApiEnv } from './env.ts';

/** One message of a WebSocket: a channel byte and what a client may send at once. */
const MESSAGE_SIZE_MAX = 1024 * 1024 + 1;

/** ws fits the adapter's own idea of it at run time; its overloads of `send` do not under strict types. */
type Sockets = NonNullable<Parameters<typeof createAdaptorServer>[0]['websocket']>['server'];

/** A path of a unix socket holds 107 bytes and a NUL: unix(7). */
const SOCKET_PATH_SIZE_MAX = 107;

export interface Listening {
  /** 'unix:/…' or 'http://…'. */
  readonly address: string;
  /** Ends every connection, which cancels what they asked for. */
  close(): Promise<void>;
}

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
}

function makeServer(app: OpenAPIHono<ApiEnv>, local: boolean, tls?: TcpAddress['tls']): Server {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_SIZE_MAX }) as unknown as Sockets;
  const options = {
    // Not a copy: an upgrade writes into the adapter's own object.
    fetch: (request: Request, env: object) => app.fetch(request, Object.assign(env as HttpBindings, { local })),
    websocket: { server: sockets },
  };
  // An upload takes as long as it takes; headers still have Node's own deadline.
  const serverOptions = { requestTimeout: 0, noDelay: true };
  const server =
    tls === undefined
      ? createAdaptorServer({ ...options, serverOptions })
      : createAdaptorServer({ ...options, createServer: createTlsServer, serverOptions: { ...serverOptions, ...tls } });
  return server as Server;
}

async function listen(server: Server, begin: () => void | Promise<void>, where: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.once('listening', resolve);
  try {
    await begin();
    await promise;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BhattiError('daemon.address-in-use', `cannot listen on ${where}: ${why}`, {
      remedy: 'end the program that listens there, or choose another address',
      cause,
    });
  }
  server.off('error', reject);
}

function closer(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    // Not closeAllConnections(): an upgraded socket is none of Node's connections any more.
    for (const socket of sockets) socket.destroy();
    await promise;
  };
}

/** By name: Node knows users and groups by number only. @throws BhattiError config.invalid */
async function openTo(group: string, path: string): Promise<void> {
  try {
    await promisify(execFile)('chgrp', ['--', group, path]);
    await chmod(path, 0o660);
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[1] ?? cause.message) : String(cause);
    throw new BhattiError('config.invalid', `cannot open ${path} to the group ${group}: ${why}`, {
      remedy: 'name a group of this machine with --group',
      cause,
    });
  }
}

/**
 * Listens on a unix socket that only the daemon's own user may open, and the members of `group` where one is given. A
 * file that is there is a dead daemon's: the caller holds the lock of the data directory.
 * @throws BhattiError daemon.address-in-use | request.invalid | config.invalid when there is no such group
 */
export async function listenUnix(app: OpenAPIHono<ApiEnv>, path: string, group?: string): Promise<Listening> {
  if (Buffer.byteLength(path) > SOCKET_PATH_SIZE_MAX) {
    throw new BhattiError(
      'request.invalid',
      `cannot listen on ${path}: a socket's path has ${SOCKET_PATH_SIZE_MAX} bytes`,
      {
        remedy: 'choose a shorter folder with --data-dir',
      },
    );
  }
  const server = makeServer(app, true);
  const close = closer(server);
  await listen(
    server,
    async () => {
      await rm(path, { force: true });
      const before = process.umask(0o177); // the socket is made in this very call
      server.listen(path);
      process.umask(before);
    },
    path,
  );
  if (group !== undefined) await openTo(group, path).catch((error) => close().then(() => Promise.reject(error)));
  return {
    address: `unix:${path}`,
    close: async () => {
      await close();
      await rm(path, { force: true });
    },
  };
}

/** @throws BhattiError daemon.address-in-use */
export async function listenTcp(app: OpenAPIHono<ApiEnv>, at: TcpAddress): Promise<Listening> {
  const server = makeServer(app, false, at.tls);
  const close = closer(server);
  await listen(server, () => void server.listen(at.port, at.host), `${at.host}:${at.port}`);
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : at.port;
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  return { address: `${at.tls === undefined ? 'http' : 'https'}://${host}:${port}`, close };
}
