/** Registers a WebSocket route: described in the document as the others are, errors told in a last message. */
import { upgradeWebSocket } from '@hono/node-server';
import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi';
import { WebSocket } from 'ws';
import type { ApiEnv, Call } from './env.ts';
import { asBhattiError, failureBody } from './failure.ts';
import { Peer } from './peer.ts';

export type SocketRoute = Pick<RouteConfig, 'path' | 'summary' | 'description' | 'tags' | 'request'>;

export function socketRoute(
  app: OpenAPIHono<ApiEnv>,
  route: SocketRoute,
  serve: (call: Call, peer: Peer) => Promise<void>,
): void {
  app.openAPIRegistry.registerPath({
    ...route,
    method: 'get',
    responses: { 101: { description: 'A WebSocket' }, 426: { description: 'The request asks for no WebSocket' } },
  });
  const upgrade = upgradeWebSocket((call: Call) => ({
    onOpen(_, { raw }) {
      if (!(raw instanceof WebSocket)) throw new TypeError('not a socket of ws');
      const peer = new Peer(raw, call.env.local);
      serve(call, peer)
        .catch((error) => peer.say({ type: 'error', ...failureBody(asBhattiError(error), call.var.requestId) }))
        .finally(() => peer.close());
    },
  }));
  app.get(route.path.replaceAll(/\{(\w+)\}/g, ':$1'), upgrade, (call) =>
    call.text('this is a WebSocket\n', 426, { upgrade: 'websocket' }),
  );
}
