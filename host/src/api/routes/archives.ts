import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { readArchive, writeArchive } from '../../operations/archives.ts';
import { borrowRequestBytes, bytesReply } from '../bytes.ts';
import type { Api, ApiEnv } from '../env.ts';
import { FAILURE, PathQuery, SandboxParam, TAR } from '../route.ts';

const tags = ['Files'];
const read = createRoute({
  method: 'get',
  path: '/v1/sandboxes/{sandbox}/archive',
  tags,
  summary: 'Read a directory as a tar stream',
  request: { params: SandboxParam, query: PathQuery },
  responses: { 200: { description: 'Its content, paths relative to it', content: TAR }, ...FAILURE },
});
const write = createRoute({
  method: 'put',
  path: '/v1/sandboxes/{sandbox}/archive',
  tags,
  summary: 'Unpack a tar stream into a directory',
  request: {
    params: SandboxParam,
    query: PathQuery.extend({
      user: z.string().max(64).optional().openapi({ description: 'Owner, name or uid; defaults to lohar' }),
    }),
    body: { content: TAR },
  },
  responses: { 204: { description: 'It is unpacked' }, ...FAILURE },
});

export function archiveRoutes(api: Api): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>();
  app.openapi(read, async (call) => {
    const { path } = call.req.valid('query');
    const content = await readArchive(api.context, call.req.valid('param').sandbox, path, call.req.raw.signal);
    return bytesReply(call, content, { 'content-type': 'application/x-tar' });
  });
  app.openapi(write, async (call) => {
    const { sandbox } = call.req.valid('param');
    await writeArchive(api.context, sandbox, call.req.valid('query'), borrowRequestBytes(call), call.req.raw.signal);
    return call.body(null, 204);
  });
  return app;
}
