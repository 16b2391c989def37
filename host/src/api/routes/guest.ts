/** What else a guest offers: its console, its numbers, its ports. */
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { connect } from '../../operations/connect.ts';
import { readConsole } from '../../operations/console.ts';
import { guestStats, timeSpawn } from '../../operations/stats.ts';
import { bytesReply } from '../bytes.ts';
import type { Api, ApiEnv } from '../env.ts';
import { FAILURE, json, SandboxParam, TEXT } from '../route.ts';
import { flag } from '../schemas/file.ts';
import { socketRoute } from '../socket-route.ts';
import { serveConnection } from '../stream.ts';

const Stats = z
  .strictObject({
    loharResidentKib: z.int(),
    uptimeMs: z.number(),
    load1: z.number(),
    memoryTotalKib: z.int(),
    memoryAvailableKib: z.int(),
    sessions: z.int(),
  })
  .openapi('GuestStats');

const console = createRoute({
  method: 'get',
  path: '/v1/sandboxes/{sandbox}/console',
  tags: ['Sandboxes'],
  summary: 'Read what kernel and PID 1 wrote to the serial console',
  request: {
    params: SandboxParam,
    query: z.object({
      lines: z.coerce
        .number()
        .int()
        .min(1)
        .max(100_000)
        .optional()
        .openapi({ type: 'integer', description: 'Only so many of the last lines' }),
      follow: flag('Goes on with what is written from now on'),
    }),
  },
  responses: { 200: { description: 'Text', content: { [TEXT]: { schema: z.string() } } }, ...FAILURE },
});
const stats = createRoute({
  method: 'get',
  path: '/v1/sandboxes/{sandbox}/stats',
  tags: ['Sandboxes'],
  summary: 'Memory and load, as PID 1 sees them',
  request: { params: SandboxParam },
  responses: { 200: json(Stats, 'The numbers'), ...FAILURE },
});
const spawn = createRoute({
  method: 'get',
  path: '/v1/sandboxes/{sandbox}/spawn-times',
  tags: ['Sandboxes'],
  summary: 'Time fork, exec and wait of /bin/true inside the guest: the yardstick of exec',
  request: {
    params: SandboxParam,
    query: z.object({ count: z.coerce.number().int().min(1).max(1000).default(20).openapi({ type: 'integer' }) }),
  },
  responses: { 200: json(z.strictObject({ us: z.array(z.number()) }), 'Microseconds, in order'), ...FAILURE },
});
const port = {
  path: '/v1/sandboxes/{sandbox}/ports/{port}/ws',
  tags: ['Ports'],
  summary: 'Connect to a TCP port in the guest over a WebSocket',
  description:
    'Binary messages carry a channel byte (0 to the guest, 1 from it) and bytes; {"type":"end"} half-closes.',
  request: {
    params: SandboxParam.extend({
      port: z.string().openapi({ example: '8080', param: { name: 'port', in: 'path' } }),
    }),
  },
};

export function guestRoutes(api: Api): OpenAPIHono<ApiEnv> {
  const { context } = api;
  const app = new OpenAPIHono<ApiEnv>();
  app.openapi(console, async (call) => {
    const { sandbox } = call.req.valid('param');
    const content = await readConsole(context, sandbox, call.req.valid('query'), call.req.raw.signal);
    return bytesReply(call, content, { 'content-type': 'text/plain; charset=utf-8' });
  });
  app.openapi(stats, async (call) =>
    call.json({ ...(await guestStats(context, call.req.valid('param').sandbox, call.req.raw.signal)) }, 200),
  );
  app.openapi(spawn, async (call) => {
    const { sandbox } = call.req.valid('param');
    const us = await timeSpawn(context, sandbox, call.req.valid('query').count, call.req.raw.signal);
    return call.json({ us: [...us] }, 200);
  });
  socketRoute(app, port, async (call, peer) => {
    const { sandbox = '', port = '' } = call.req.param();
    await serveConnection(peer, await connect(context, sandbox, Number(port), peer.gone));
  });
  return app;
}
