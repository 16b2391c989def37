/** The daemon itself: whether it is there, what it is, what the host has, who may come in. */
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { backupStore } from '../../operations/backup.ts';
import { createKey, deleteKey } from '../../operations/keys.ts';
import { listClones } from '../../operations/list-clones.ts';
import type { ApiKey } from '../../ports/store.ts';
import { ownerOnly } from '../auth.ts';
import { bytesReply } from '../bytes.ts';
import type { Api, ApiEnv } from '../env.ts';
import { replyWatched } from '../progress.ts';
import { BYTES, body, FAILURE, json, jsonOrLines } from '../route.ts';

const tags = ['Daemon'];
const health = createRoute({
  method: 'get',
  path: '/health',
  tags,
  summary: 'Whether the daemon answers; needs no key',
  security: [],
  responses: { 200: json(z.strictObject({ status: z.literal('ok'), uptimeMs: z.number() }), 'It does') },
});
const version = createRoute({
  method: 'get',
  path: '/version',
  tags,
  summary: "The daemon's version; needs no key",
  security: [],
  responses: { 200: json(z.strictObject({ version: z.string(), pid: z.int() }), 'The version') },
});

const Finding = z
  .strictObject({
    subject: z.string().openapi({ example: 'accelerator' }),
    level: z.enum(['ok', 'warning', 'failure']),
    found: z.string(),
    remedy: z.string().optional(),
  })
  .openapi('Finding');
const Findings = z.strictObject({ findings: z.array(Finding) }).openapi('Findings');
const doctor = createRoute({
  method: 'get',
  path: '/v1/doctor',
  tags,
  summary: 'What the host has, what it lacks, and how to mend that',
  responses: {
    200: jsonOrLines(Findings, 'The findings', 'DoctorProgress'),
    ...FAILURE,
  },
});

const Clone = z
  .strictObject({
    image: z.string().openapi({ example: 'minimal' }),
    cpus: z.int(),
    memoryMib: z.int(),
    residentMib: z.int().openapi({ description: 'Memory that is its own' }),
  })
  .openapi('PreparedClone');
const pool = createRoute({
  method: 'get',
  path: '/v1/pool',
  tags,
  summary: 'List the clones that wait for the next creates',
  responses: { 200: json(z.strictObject({ clones: z.array(Clone) }), 'The clones'), ...FAILURE },
});

const Prunable = z
  .strictObject({
    what: z.enum(['clone', 'template', 'network']),
    folder: z.string(),
    diskBytes: z.int().openapi({ description: 'What is free on the disk without it' }),
    memoryBytes: z.int(),
  })
  .openapi('Prunable');
const prunable = createRoute({
  method: 'get',
  path: '/v1/prune',
  tags,
  summary: 'What prune would remove now, and what that would free',
  responses: { 200: json(z.strictObject({ items: z.array(Prunable) }), 'The items'), ...FAILURE },
});

const prune = createRoute({
  method: 'post',
  path: '/v1/prune',
  tags,
  summary: 'Remove what no sandbox uses: prepared clones, templates, and the network when nothing runs',
  responses: { 204: { description: 'It is gone; the next create makes it again' }, ...FAILURE },
});

const backup = createRoute({
  method: 'get',
  path: '/v1/backup',
  tags,
  summary: 'A copy of the store, as it is at one instant; over the unix socket only',
  middleware: ownerOnly,
  responses: {
    200: { description: 'An SQLite database for bhatti restore', content: BYTES },
    ...FAILURE,
  },
});

const Key = z
  .strictObject({
    id: z.string().openapi({ example: '0a1b2c3d' }),
    name: z.string(),
    createdAt: z.iso.datetime(),
    usedAt: z.iso.datetime().optional(),
  })
  .openapi('ApiKey');
const NewKey = Key.extend({ key: z.string().openapi({ description: 'Shown this once' }) }).openapi('NewApiKey');
const keyTags = ['Keys'];
const listKeys = createRoute({
  method: 'get',
  path: '/v1/keys',
  tags: keyTags,
  summary: 'List API keys; over the unix socket only',
  middleware: ownerOnly,
  responses: { 200: json(z.strictObject({ keys: z.array(Key) }), 'The keys, without their secrets'), ...FAILURE },
});
const newKey = createRoute({
  method: 'post',
  path: '/v1/keys',
  tags: keyTags,
  summary: 'Make an API key; over the unix socket only',
  middleware: ownerOnly,
  request: { body: body(z.strictObject({ name: z.string().max(1024) }).openapi('CreateApiKey')) },
  responses: { 201: json(NewKey, 'The key'), ...FAILURE },
});
const removeKey = createRoute({
  method: 'delete',
  path: '/v1/keys/{key}',
  tags: keyTags,
  summary: 'Delete an API key by name or id; over the unix socket only',
  middleware: ownerOnly,
  request: { params: z.object({ key: z.string().openapi({ param: { name: 'key', in: 'path' } }) }) },
  responses: { 204: { description: 'It is gone' }, ...FAILURE },
});

function view(key: ApiKey): z.infer<typeof Key> {
  return {
    id: key.id,
    name: key.name,
    createdAt: new Date(key.createdMs).toISOString(),
    ...(key.usedMs === undefined ? {} : { usedAt: new Date(key.usedMs).toISOString() }),
  };
}

export function daemonRoutes(api: Api): OpenAPIHono<ApiEnv> {
  const { context } = api;
  const app = new OpenAPIHono<ApiEnv>();
  app.openapi(health, (call) =>
    call.json({ status: 'ok' as const, uptimeMs: context.clock.nowMs() - api.startedMs }, 200),
  );
  app.openapi(version, (call) => call.json({ version: api.version, pid: process.pid }, 200));
  app.openapi(doctor, (call) =>
    replyWatched(call, 200, async (progress, signal) => {
      const findings = await context.doctor.examine(progress, signal);
      return { findings: findings.map((finding) => ({ ...finding })) };
    }),
  );
  app.openapi(pool, async (call) => call.json({ clones: await listClones(context) }, 200));
  app.openapi(prunable, async (call) => call.json({ items: [...(await context.engine.prunable())] }, 200));
  app.openapi(prune, async (call) => {
    await context.engine.prune();
    return call.body(null, 204);
  });
  app.openapi(backup, (call) => bytesReply(call, backupStore(context), { 'content-type': 'application/octet-stream' }));
  app.openapi(listKeys, async (call) => call.json({ keys: (await context.store.keys.list()).map(view) }, 200));
  app.openapi(newKey, async (call) => {
    const { key, stored } = await createKey(context, call.req.valid('json').name);
    return call.json({ ...view(stored), key }, 201);
  });
  app.openapi(removeKey, async (call) => {
    await deleteKey(context, call.req.valid('param').key);
    return call.body(null, 204);
  });
  return app;
}
