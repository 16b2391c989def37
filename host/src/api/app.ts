/** The HTTP API: every route with what all of them share, and the document that describes them. */
import { randomBytes } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { authorize } from './auth.ts';
import type { Api, ApiEnv } from './env.ts';
import { asBhattiError, failureBody, logUnforeseen, statusOf } from './failure.ts';
import { archiveRoutes } from './routes/archives.ts';
import { daemonRoutes } from './routes/daemon.ts';
import { execRoutes } from './routes/exec.ts';
import { fileRoutes } from './routes/files.ts';
import { guestRoutes } from './routes/guest.ts';
import { imageRoutes } from './routes/images.ts';
import { CREATE_SIZE_MAX, sandboxRoutes } from './routes/sandboxes.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { snapshotRoutes } from './routes/snapshots.ts';
import { tierRoutes } from './routes/tiers.ts';

/** Longest JSON body, but for `create`, which may bring files along. */
export const JSON_SIZE_MAX = 1024 * 1024;

const limitJson = (maxSize: number) => bodyLimit({ maxSize, onError: () => refuseSize(maxSize) });

function refuseSize(maxSize: number): never {
  throw new BhattiError('request.too-large', `cannot read the request: it is longer than ${maxSize} bytes`, {
    remedy: 'send large files with PUT /v1/sandboxes/{sandbox}/files',
  });
}

/** Gives each request an id, bounds its JSON, times and logs it. */
function common(api: Api) {
  const small = limitJson(JSON_SIZE_MAX);
  const large = limitJson(CREATE_SIZE_MAX);
  return createMiddleware<ApiEnv>(async (call, next) => {
    call.set('requestId', `req_${randomBytes(8).toString('hex')}`);
    call.set('log', api.context.log);
    const startedMs = performance.now();
    const isJson = call.req.header('content-type')?.startsWith('application/json') ?? false;
    if (isJson) await (call.req.path === '/v1/sandboxes' ? large : small)(call, next);
    else await next();
    const ms = Math.round((performance.now() - startedMs) * 10) / 10;
    const { method, path } = call.req; // without its query, which may name files
    api.context.log.info({ requestId: call.var.requestId, method, path, status: call.res.status, ms }, 'request');
    if (call.req.header('upgrade') === undefined) {
      call.res.headers.append('server-timing', `total;dur=${ms}`);
      call.res.headers.set('x-bhatti-version', api.version);
    }
  });
}

export function createApp(api: Api): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw result.error;
    },
  });
  app.use(common(api));
  app.use('/v1/*', authorize(api));
  app.onError((thrown, call) => {
    const error = asBhattiError(thrown);
    const { requestId } = call.var;
    logUnforeseen(api.context.log, error, thrown, requestId);
    return call.json(failureBody(error, requestId), statusOf(error), { 'x-bhatti-error': error.code });
  });
  app.notFound((call) => {
    const error = new BhattiError(
      'request.invalid',
      `cannot ${call.req.method} ${call.req.path}: there is no such route`,
      {
        remedy: 'see /openapi.json for the routes',
      },
    );
    return call.json(failureBody(error, call.var.requestId), 404);
  });
  const groups = [
    sandboxRoutes,
    execRoutes,
    sessionRoutes,
    fileRoutes,
    archiveRoutes,
    guestRoutes,
    snapshotRoutes,
    imageRoutes,
    tierRoutes,
  ];
  for (const routes of [daemonRoutes, ...groups]) app.route('/', routes(api));
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'bhatti', version: api.version, license: { name: 'Apache-2.0' } },
    security: [{ key: [] }],
  });
  return app;
}
