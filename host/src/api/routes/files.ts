import type { FileStat } from '@bhatti/wire/messages.ts';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { listFiles, makeDirectory, removeFile, statFile } from '../../operations/files.ts';
import { readFile } from '../../operations/read-file.ts';
import { writeFile } from '../../operations/write-file.ts';
import { borrowRequestBytes, bytesReply } from '../bytes.ts';
import type { Api, ApiEnv } from '../env.ts';
import { BYTES, FAILURE, json, PathQuery, SandboxParam } from '../route.ts';
import { FileReply, flag, Mode } from '../schemas/file.ts';

const tags = ['Files'];
const User = z.string().max(64).optional().openapi({ description: 'Owner, name or uid; defaults to lohar' });
const size = (description: string) => z.coerce.number().int().min(0).openapi({ type: 'integer', description });

const read = createRoute({
  method: 'get',
  path: '/v1/sandboxes/{sandbox}/files',
  tags,
  summary: 'Read a file',
  request: {
    params: SandboxParam,
    query: PathQuery.extend({
      offset: size('First byte to read').default(0),
      limit: size('Bytes to read at most').optional(),
    }),
  },
  responses: {
    200: {
      description: 'Its bytes; X-File-Size, X-File-Mode, X-File-Type and X-File-Mtime-Ms describe it',
      content: BYTES,
    },
    ...FAILURE,
  },
});
const write = createRoute({
  method: 'put',
  path: '/v1/sandboxes/{sandbox}/files',
  tags,
  summary: 'Write a file whole or not at all',
  request: {
    params: SandboxParam,
    query: PathQuery.extend({ mode: Mode.optional(), user: User }),
    body: { content: BYTES },
  },
  responses: { 200: json(FileReply, 'The file'), ...FAILURE },
});
const remove = createRoute({
  method: 'delete',
  path: '/v1/sandboxes/{sandbox}/files',
  tags,
  summary: 'Remove a file or directory',
  request: { params: SandboxParam, query: PathQuery.extend({ recursive: flag('A directory with all in it') }) },
  responses: { 204: { description: 'It is gone' }, ...FAILURE },
});
const stat = createRoute({
  method: 'get',
  path: '/v1/sandboxes/{sandbox}/stat',
  tags,
  summary: 'Describe a file or directory',
  request: { params: SandboxParam, query: PathQuery },
  responses: { 200: json(FileReply, 'The file'), ...FAILURE },
});
const list = createRoute({
  method: 'get',
  path: '/v1/sandboxes/{sandbox}/directories',
  tags,
  summary: 'List a directory',
  request: { params: SandboxParam, query: PathQuery },
  responses: {
    200: json(z.strictObject({ entries: z.array(FileReply), truncated: z.boolean() }), 'What is in it'),
    ...FAILURE,
  },
});
const make = createRoute({
  method: 'put',
  path: '/v1/sandboxes/{sandbox}/directories',
  tags,
  summary: 'Make a directory',
  request: {
    params: SandboxParam,
    query: PathQuery.extend({ parents: flag('And those above it; no error when it is there'), mode: Mode.optional() }),
  },
  responses: { 204: { description: 'It is there' }, ...FAILURE },
});

function headersOf(file: FileStat): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    'x-file-size': String(file.size),
    'x-file-mode': file.mode.toString(8).padStart(4, '0'),
    'x-file-type': file.type,
    'x-file-mtime-ms': String(file.mtimeMs),
  };
}

export function fileRoutes(api: Api): OpenAPIHono<ApiEnv> {
  const { context } = api;
  const app = new OpenAPIHono<ApiEnv>();
  app.openapi(read, async (call) => {
    const { sandbox } = call.req.valid('param');
    const request = call.req.valid('query');
    const { method, signal } = call.req.raw;
    // hono hands HEAD to the route of GET; opening a file only to throw its bytes away would be a waste.
    if (method === 'HEAD')
      return call.body(null, 200, headersOf(await statFile(context, sandbox, request.path, signal)));
    const { stat, content } = await readFile(context, sandbox, request, signal);
    return bytesReply(call, content, headersOf(stat));
  });
  app.openapi(write, async (call) => {
    const { sandbox } = call.req.valid('param');
    const request = call.req.valid('query');
    const written = await writeFile(context, sandbox, request, borrowRequestBytes(call), call.req.raw.signal);
    return call.json({ ...written }, 200);
  });
  app.openapi(remove, async (call) => {
    await removeFile(context, call.req.valid('param').sandbox, call.req.valid('query'), call.req.raw.signal);
    return call.body(null, 204);
  });
  app.openapi(stat, async (call) => {
    const { path } = call.req.valid('query');
    return call.json({ ...(await statFile(context, call.req.valid('param').sandbox, path, call.req.raw.signal)) }, 200);
  });
  app.openapi(list, async (call) => {
    const { path } = call.req.valid('query');
    const found = await listFiles(context, call.req.valid('param').sandbox, path, call.req.raw.signal);
    return call.json({ entries: found.entries.map((entry) => ({ ...entry })), truncated: found.truncated }, 200);
  });
  app.openapi(make, async (call) => {
    await makeDirectory(context, call.req.valid('param').sandbox, call.req.valid('query'), call.req.raw.signal);
    return call.body(null, 204);
  });
  return app;
}
