import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { attach, killSession, listSessions } from '../../operations/sessions.ts';
import type { Api, ApiEnv } from '../env.ts';
import { FAILURE, json, SandboxParam } from '../route.ts';
import { SessionReply } from '../schemas/exec.ts';
import { socketRoute } from '../socket-route.ts';
import { serveRunning } from '../stream.ts';
import { session } from '../views.ts';

const tags = ['Sessions'];
const SessionParam = SandboxParam.extend({
  session: z.string().openapi({ example: 's1', param: { name: 'session', in: 'path' } }),
});
const Size = z.object({ rows: z.coerce.number().default(24), cols: z.coerce.number().default(80) });

const list = createRoute({
  method: 'get',
  path: '/v1/sandboxes/{sandbox}/sessions',
  tags,
  summary: 'List the sessions of a sandbox',
  request: { params: SandboxParam },
  responses: { 200: json(z.strictObject({ sessions: z.array(SessionReply) }), 'The sessions'), ...FAILURE },
});
const kill = createRoute({
  method: 'delete',
  path: '/v1/sandboxes/{sandbox}/sessions/{session}',
  tags,
  summary: 'Signal all processes of a session',
  request: {
    params: SessionParam,
    query: z.object({ signal: z.string().default('SIGTERM').openapi({ example: 'SIGKILL' }) }),
  },
  responses: { 204: { description: 'The signal is sent' }, ...FAILURE },
});
const socket = {
  path: '/v1/sandboxes/{sandbox}/sessions/{session}/ws',
  tags,
  summary: 'Attach to a session over a WebSocket: its scrollback, then live',
  description: 'Messages are those of exec/ws, without the first. A client that leaves detaches; the session goes on.',
  request: { params: SessionParam, query: Size },
};

export function sessionRoutes(api: Api): OpenAPIHono<ApiEnv> {
  const { context } = api;
  const app = new OpenAPIHono<ApiEnv>();
  app.openapi(list, async (call) => {
    const sessions = await listSessions(context, call.req.valid('param').sandbox, call.req.raw.signal);
    return call.json({ sessions: sessions.map(session) }, 200);
  });
  app.openapi(kill, async (call) => {
    const { sandbox, session } = call.req.valid('param');
    const { signal } = call.req.valid('query');
    await killSession(context, sandbox, { session, signal }, call.req.raw.signal);
    return call.body(null, 204);
  });
  socketRoute(app, socket, async (call, peer) => {
    const { sandbox = '', session = '' } = call.req.param();
    const size = Size.parse(call.req.query());
    const starting = new AbortController();
    await serveRunning(peer, await attach(context, sandbox, { session, ...size }, starting.signal));
  });
  return app;
}
