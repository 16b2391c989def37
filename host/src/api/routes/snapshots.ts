import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sandbox } from '../../core/sandbox.ts';
import { diffSnapshots } from '../../operations/diff-snapshots.ts';
import { forkSandbox } from '../../operations/fork.ts';
import { inspectSandbox } from '../../operations/inspect.ts';
import {
  createSnapshot,
  deleteSnapshot,
  forkSnapshot,
  listSnapshots,
  restoreSnapshot,
} from '../../operations/snapshots.ts';
import type { Api, ApiEnv } from '../env.ts';
import { NDJSON } from '../ndjson.ts';
import { replyWatched } from '../progress.ts';
import { FAILURE, json, jsonOrLines, SandboxParam } from '../route.ts';
import { progressFrame } from '../schemas/progress.ts';
import { SandboxDetail } from '../schemas/sandbox.ts';
import { DiffBody, DiffReply, ForkBody, ForkReply, SnapshotBody, SnapshotReply } from '../schemas/snapshot.ts';
import { detail, diffView, snapshotView } from '../views.ts';

const tags = ['Snapshots'];
const SnapshotParam = z.object({
  snapshot: z
    .string()
    .max(1024)
    .openapi({ description: 'SANDBOX/NAME (its slash as %2F), id, or SANDBOX for its latest' }),
});

/** The result, or how it comes about line by line when asked for with Accept: application/x-ndjson. */
function watched<T extends z.ZodType>(schema: T, name: string) {
  const lines = { [NDJSON]: { schema: progressFrame(schema).openapi(name) } };
  return { 200: { description: 'Its making, line by line', content: lines }, 201: json(schema, 'The result') };
}

const fork = createRoute({
  method: 'post',
  path: '/v1/sandboxes/{sandbox}/fork',
  tags,
  summary: 'Make copies of a sandbox that go on where it is now, each with an identity of its own',
  request: { params: SandboxParam, body: { content: { 'application/json': { schema: ForkBody } } } },
  responses: { ...watched(ForkReply, 'ForkProgress'), ...FAILURE },
});
const create = createRoute({
  method: 'post',
  path: '/v1/sandboxes/{sandbox}/snapshots',
  tags,
  summary: 'Keep memory and disk of a sandbox as they are now; it goes on',
  request: { params: SandboxParam, body: { content: { 'application/json': { schema: SnapshotBody } } } },
  responses: { ...watched(SnapshotReply, 'SnapshotProgress'), ...FAILURE },
});
const list = createRoute({
  method: 'get',
  path: '/v1/snapshots',
  tags,
  summary: 'List snapshots, oldest first',
  request: { query: z.object({ sandbox: z.string().max(1024).optional() }) },
  responses: { 200: json(z.strictObject({ snapshots: z.array(SnapshotReply) }), 'The snapshots'), ...FAILURE },
});
const remove = createRoute({
  method: 'delete',
  path: '/v1/snapshots/{snapshot}',
  tags,
  summary: 'Delete a snapshot; what was made of it stays',
  request: { params: SnapshotParam },
  responses: { 200: json(SnapshotReply, 'What is gone'), ...FAILURE },
});
const forkKept = createRoute({
  method: 'post',
  path: '/v1/snapshots/{snapshot}/fork',
  tags,
  summary: 'Make sandboxes that go on where a snapshot was taken, each with an identity of its own',
  request: { params: SnapshotParam, body: { content: { 'application/json': { schema: ForkBody } } } },
  responses: { ...watched(ForkReply, 'SnapshotForkProgress'), ...FAILURE },
});
const restore = createRoute({
  method: 'post',
  path: '/v1/snapshots/{snapshot}/restore',
  tags,
  summary: 'Set the sandbox that a snapshot was taken of back to it',
  request: { params: SnapshotParam },
  responses: { ...watched(SandboxDetail, 'RestoreProgress'), ...FAILURE },
});
const diff = createRoute({
  method: 'post',
  path: '/v1/snapshots/{snapshot}/diff',
  tags,
  summary: 'Compare a snapshot with a later one: files, packages, processes, listening ports',
  request: { params: SnapshotParam, body: { content: { 'application/json': { schema: DiffBody } } } },
  responses: { 200: jsonOrLines(DiffReply, 'What is other in the second', 'DiffProgress'), ...FAILURE },
});

export function snapshotRoutes({ context }: Api): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>();
  const shown = async ({ id }: Sandbox) => detail(await inspectSandbox(context, id));

  app.openapi(fork, (call) =>
    replyWatched(call, 201, async (progress, signal) => {
      const { sandbox } = call.req.valid('param');
      const { sandboxes, pausedMs } = await forkSandbox(context, sandbox, call.req.valid('json'), progress, signal);
      return { sandboxes: await Promise.all(sandboxes.map(shown)), pausedMs };
    }),
  );
  app.openapi(create, (call) =>
    replyWatched(call, 201, async (progress, signal) => {
      const { sandbox } = call.req.valid('param');
      return snapshotView(await createSnapshot(context, sandbox, call.req.valid('json').name, progress, signal));
    }),
  );
  app.openapi(list, async (call) => {
    const snapshots = await listSnapshots(context, call.req.valid('query').sandbox);
    return call.json({ snapshots: snapshots.map(snapshotView) }, 200);
  });
  app.openapi(remove, async (call) => {
    const gone = await deleteSnapshot(context, call.req.valid('param').snapshot, call.req.raw.signal);
    return call.json(snapshotView(gone), 200);
  });
  app.openapi(forkKept, (call) =>
    replyWatched(call, 201, async (progress, signal) => {
      const { snapshot } = call.req.valid('param');
      const sandboxes = await forkSnapshot(context, snapshot, call.req.valid('json'), progress, signal);
      return { sandboxes: await Promise.all(sandboxes.map(shown)), pausedMs: 0 };
    }),
  );
  app.openapi(restore, (call) =>
    replyWatched(call, 201, async (progress, signal) =>
      shown(await restoreSnapshot(context, call.req.valid('param').snapshot, progress, signal)),
    ),
  );
  app.openapi(diff, (call) =>
    replyWatched(call, 200, async (progress, signal) => {
      const references = [call.req.valid('param').snapshot, call.req.valid('json').to] as const;
      return diffView(await diffSnapshots(context, references, progress, signal));
    }),
  );
  return app;
}
