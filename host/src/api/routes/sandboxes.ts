import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { pair } from '../../core/environment.ts';
import type { Sandbox } from '../../core/sandbox.ts';
import { changeSandbox } from '../../operations/change.ts';
import { type CreateRequest, createSandbox } from '../../operations/create.ts';
import { destroySandbox } from '../../operations/destroy.ts';
import { inspectSandbox, listSandboxes } from '../../operations/inspect.ts';
import { pauseSandbox, resumeSandbox } from '../../operations/pause.ts';
import { startSandbox } from '../../operations/start.ts';
import { stopSandbox } from '../../operations/stop.ts';
import { UNWATCHED } from '../../ports/engine.ts';
import type { Api, ApiEnv, Call } from '../env.ts';
import { ndjson, wantsNdjson } from '../ndjson.ts';
import { progressFrames } from '../progress.ts';
import { body, FAILURE, json, jsonOrLines, SandboxParam } from '../route.ts';
import { ChangeBody, CreateBody, SandboxDetail, SandboxSummary, StartBody, StopBody } from '../schemas/sandbox.ts';
import { serverTiming } from '../server-timing.ts';
import { detail, summary } from '../views.ts';

/** Files of a `create` travel in its body as base64. */
export const CREATE_SIZE_MAX = 48 * 1024 * 1024;

const tags = ['Sandboxes'];
const watched = jsonOrLines(SandboxDetail, 'The sandbox', 'SandboxProgress');

const list = createRoute({
  method: 'get',
  path: '/v1/sandboxes',
  tags,
  summary: 'List sandboxes, oldest first',
  request: {
    query: z.object({
      label: z
        .union([z.string(), z.array(z.string())])
        .optional()
        .openapi({ description: 'key=value; repeated, all must hold' }),
    }),
  },
  responses: { 200: json(z.strictObject({ sandboxes: z.array(SandboxSummary) }), 'The sandboxes'), ...FAILURE },
});
const create = createRoute({
  method: 'post',
  path: '/v1/sandboxes',
  tags,
  summary: 'Create a sandbox and wait until it can be used',
  request: { body: body(CreateBody) },
  responses: { 200: { ...watched, description: 'Its making, line by line' }, 201: watched, ...FAILURE },
});
const inspect = createRoute({
  method: 'get',
  path: '/v1/sandboxes/{sandbox}',
  tags,
  summary: 'Show a sandbox with its report',
  request: { params: SandboxParam },
  responses: { 200: json(SandboxDetail, 'The sandbox'), ...FAILURE },
});
const change = createRoute({
  method: 'patch',
  path: '/v1/sandboxes/{sandbox}',
  tags,
  summary: 'Rename or relabel a sandbox',
  request: { params: SandboxParam, body: body(ChangeBody) },
  responses: { 200: json(SandboxDetail, 'The sandbox as it is now'), ...FAILURE },
});
const destroy = createRoute({
  method: 'delete',
  path: '/v1/sandboxes/{sandbox}',
  tags,
  summary: 'End a sandbox and remove its disk',
  request: { params: SandboxParam },
  responses: { 200: json(SandboxSummary, 'What is gone'), ...FAILURE },
});
const start = createRoute({
  method: 'post',
  path: '/v1/sandboxes/{sandbox}/start',
  tags,
  summary: 'Boot a stopped or crashed sandbox from its disk, let one that was set aside go on',
  request: { params: SandboxParam, body: { content: { 'application/json': { schema: StartBody } } } },
  responses: { 200: watched, ...FAILURE },
});
const stop = createRoute({
  method: 'post',
  path: '/v1/sandboxes/{sandbox}/stop',
  tags,
  summary: 'Save memory and disk of a sandbox, or power it off and keep its disk',
  request: { params: SandboxParam, body: { content: { 'application/json': { schema: StopBody } } } },
  responses: { 200: json(SandboxDetail, 'The sandbox as it is now'), ...FAILURE },
});

const pause = createRoute({
  method: 'post',
  path: '/v1/sandboxes/{sandbox}/pause',
  tags,
  summary: 'Stop the processors of a sandbox and keep its memory; any request resumes it',
  request: { params: SandboxParam },
  responses: { 200: json(SandboxDetail, 'The sandbox as it is now'), ...FAILURE },
});
const resume = createRoute({
  method: 'post',
  path: '/v1/sandboxes/{sandbox}/resume',
  tags,
  summary: 'Let a paused sandbox go on',
  request: { params: SandboxParam },
  responses: { 200: json(SandboxDetail, 'The sandbox as it is now'), ...FAILURE },
});

function createRequest(asked: z.infer<typeof CreateBody>): CreateRequest {
  const { files = [], ...rest } = asked;
  return { ...rest, files: files.map((file) => ({ ...file, content: Buffer.from(file.content, 'base64') })) };
}

export function sandboxRoutes(api: Api): OpenAPIHono<ApiEnv> {
  const { context } = api;
  const app = new OpenAPIHono<ApiEnv>();
  const shown = async (sandbox: Sandbox) => detail(await inspectSandbox(context, sandbox.id));
  const signalOf = (call: Call): AbortSignal => call.req.raw.signal;

  app.openapi(list, async (call) => {
    const { label = [] } = call.req.valid('query');
    const labels = Object.fromEntries([label].flat().map((text) => pair(text, 'label')));
    return call.json({ sandboxes: (await listSandboxes(context, labels)).map(summary) }, 200);
  });
  app.openapi(create, async (call) => {
    const asked = createRequest(call.req.valid('json'));
    if (!wantsNdjson(call)) {
      const made = await createSandbox(context, asked, UNWATCHED, signalOf(call));
      serverTiming(call, made.report?.timings);
      return call.json(await shown(made), 201);
    }
    return ndjson(call, async (emit, signal) => {
      const accepted = ({ id, name }: Sandbox): void => void emit({ type: 'accepted', id, name });
      const made = await createSandbox(context, asked, { ...progressFrames(emit), accepted }, signal);
      await emit({ type: 'result', result: await shown(made) });
    });
  });
  app.openapi(inspect, async (call) =>
    call.json(detail(await inspectSandbox(context, call.req.valid('param').sandbox)), 200),
  );
  app.openapi(change, async (call) => {
    const { sandbox } = call.req.valid('param');
    return call.json(await shown(await changeSandbox(context, sandbox, call.req.valid('json'), signalOf(call))), 200);
  });
  app.openapi(destroy, async (call) =>
    call.json(summary(await destroySandbox(context, call.req.valid('param').sandbox, signalOf(call))), 200),
  );
  app.openapi(start, async (call) => {
    const { sandbox } = call.req.valid('param');
    const asked = call.req.valid('json');
    if (!wantsNdjson(call)) {
      const started = await startSandbox(context, sandbox, asked, UNWATCHED, signalOf(call));
      serverTiming(call, started.report?.timings);
      return call.json(await shown(started), 200);
    }
    return ndjson(call, async (emit, signal) => {
      const started = await startSandbox(context, sandbox, asked, progressFrames(emit), signal);
      await emit({ type: 'result', result: await shown(started) });
    });
  });
  app.openapi(pause, async (call) =>
    call.json(await shown(await pauseSandbox(context, call.req.valid('param').sandbox, signalOf(call))), 200),
  );
  app.openapi(resume, async (call) => {
    const resumed = await resumeSandbox(context, call.req.valid('param').sandbox, signalOf(call));
    serverTiming(call, resumed.wake?.timings);
    return call.json(await shown(resumed), 200);
  });
  app.openapi(stop, async (call) => {
    const { sandbox } = call.req.valid('param');
    return call.json(await shown(await stopSandbox(context, sandbox, call.req.valid('json'), signalOf(call))), 200);
  });
  return app;
}
