import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { type ForkResult, forkSandbox } from '../../operations/fork.ts';
import { inspectSandbox } from '../../operations/inspect.ts';
import { UNWATCHED } from '../../ports/engine.ts';
import type { Api, ApiEnv } from '../env.ts';
import { NDJSON, ndjson, wantsNdjson } from '../ndjson.ts';
import { progressFrames } from '../progress.ts';
import { FAILURE, json, SandboxParam } from '../route.ts';
import { progressFrame } from '../schemas/progress.ts';
import { ForkBody, ForkReply } from '../schemas/snapshot.ts';
import { detail } from '../views.ts';

const tags = ['Snapshots'];

const fork = createRoute({
  method: 'post',
  path: '/v1/sandboxes/{sandbox}/fork',
  tags,
  summary: 'Make copies of a sandbox that go on where it is now, each with an identity of its own',
  request: { params: SandboxParam, body: { content: { 'application/json': { schema: ForkBody } } } },
  responses: {
    200: {
      description: 'Their making, line by line, when asked for with Accept: application/x-ndjson',
      content: { [NDJSON]: { schema: progressFrame(ForkReply).openapi('ForkProgress') } },
    },
    201: json(ForkReply, 'The copies'),
    ...FAILURE,
  },
});

export function snapshotRoutes({ context }: Api): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>();
  const forks = async ({ sandboxes, pausedMs }: ForkResult) => ({
    sandboxes: await Promise.all(sandboxes.map(async ({ id }) => detail(await inspectSandbox(context, id)))),
    pausedMs,
  });
  app.openapi(fork, async (call) => {
    const { sandbox } = call.req.valid('param');
    const asked = call.req.valid('json');
    if (!wantsNdjson(call))
      return call.json(await forks(await forkSandbox(context, sandbox, asked, UNWATCHED, call.req.raw.signal)), 201);
    return ndjson(call, async (emit, signal) => {
      const made = await forkSandbox(context, sandbox, asked, progressFrames(emit), signal);
      await emit({ type: 'result', result: await forks(made) });
    });
  });
  return app;
}
