import { BhattiError } from '@bhatti/wire/errors.ts';
import { createMiddleware } from 'hono/factory';
import { checkKey } from '../operations/keys.ts';
import type { Api, ApiEnv } from './env.ts';

function unauthorized(why: string): BhattiError {
  return new BhattiError('request.unauthorized', `cannot let this request in: ${why}`, {
    remedy: 'make a key on the server with "bhatti key create NAME" and send it as "Authorization: Bearer KEY"',
  });
}

/** Over the unix socket comes the owner; over TCP whoever has a key. */
export function authorize(api: Api) {
  return createMiddleware<ApiEnv>(async (call, next) => {
    if (!call.env.local) {
      const [scheme, key, ...rest] = call.req.header('authorization')?.split(' ') ?? [];
      if (scheme?.toLowerCase() !== 'bearer' || key === undefined || rest.length > 0)
        throw unauthorized('it has no API key');
      if ((await checkKey(api.context, key)) === undefined) throw unauthorized('its API key is not known');
    }
    await next();
  });
}

/** Keys are made where the daemon runs: a stolen one must not make more of them. */
export const ownerOnly = createMiddleware<ApiEnv>(async (call, next) => {
  if (!call.env.local) throw unauthorized('API keys are managed over the unix socket only');
  await next();
});
