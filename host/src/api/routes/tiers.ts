import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { offeredTiers } from '../../operations/offered-tiers.ts';
import { updateTiers } from '../../operations/update-tiers.ts';
import type { Api, ApiEnv } from '../env.ts';
import { replyWatched } from '../progress.ts';
import { FAILURE, json, jsonOrLines } from '../route.ts';

const tags = ['Tiers'];
const Tier = z
  .strictObject({
    name: z.string().openapi({ example: 'docker' }),
    description: z.string(),
    base: z.string().optional(),
    built: z.boolean().openapi({ description: 'True when its image is in the images folder' }),
  })
  .openapi('Tier');
const Manifest = z.looseObject({ tier: z.string() }).openapi('ImageManifest');

const list = createRoute({
  method: 'get',
  path: '/v1/tiers',
  tags,
  summary: 'List the tiers that can be built',
  responses: { 200: json(z.strictObject({ tiers: z.array(Tier) }), 'The tiers'), ...FAILURE },
});
const Offered = z
  .strictObject({
    name: z.string(),
    description: z.string(),
    usedMib: z.int().openapi({ description: 'What its files take; at most, where it is built here' }),
    installed: z.boolean(),
  })
  .openapi('OfferedTier');
const offered = createRoute({
  method: 'get',
  path: '/v1/tiers/offered',
  tags,
  summary: 'List the tiers of the release source, or those that can be built where none is set',
  responses: { 200: json(z.strictObject({ tiers: z.array(Offered) }), 'The tiers'), ...FAILURE },
});
const build = createRoute({
  method: 'post',
  path: '/v1/tiers/{tier}/build',
  tags,
  summary: "Build a tier's image",
  request: {
    params: z.object({
      tier: z
        .string()
        .max(1024)
        .openapi({ param: { name: 'tier', in: 'path' } }),
    }),
    body: {
      content: {
        'application/json': {
          schema: z
            .strictObject({
              refresh: z.boolean().optional().openapi({ description: 'Take the packages that the mirror has now' }),
            })
            .openapi('BuildTier'),
        },
      },
    },
  },
  responses: {
    200: jsonOrLines(Manifest, "The image's manifest", 'BuildProgress'),
    ...FAILURE,
  },
});

const Updated = z
  .strictObject({
    tiers: z.array(
      z.strictObject({
        name: z.string(),
        how: z.enum(['installed', 'built', 'current', 'not-offered']),
        usedBytes: z.int().optional(),
      }),
    ),
  })
  .openapi('UpdatedTiers');
const update = createRoute({
  method: 'post',
  path: '/v1/tiers/update',
  tags,
  summary: 'Install tiers from the release source, or bring installed ones up to date; builds them where none is set',
  request: {
    body: {
      content: {
        'application/json': {
          schema: z
            .strictObject({
              tiers: z
                .union([z.literal('all'), z.array(z.string().max(1024)).min(1).max(1000)])
                .optional()
                .openapi({ description: 'Default: those that are installed' }),
            })
            .openapi('UpdateTiers'),
        },
      },
    },
  },
  responses: {
    200: jsonOrLines(Updated, 'What became of each', 'UpdateProgress'),
    ...FAILURE,
  },
});

export function tierRoutes(api: Api): OpenAPIHono<ApiEnv> {
  const { images, tiers } = api.context;
  const app = new OpenAPIHono<ApiEnv>();
  app.openapi(list, async (call) => {
    const built = new Set((await images.list()).map((image) => image.name));
    const all = (await tiers.list()).map(({ usedMibMax: _, ...tier }) => ({ ...tier, built: built.has(tier.name) }));
    return call.json({ tiers: all }, 200);
  });
  app.openapi(offered, async (call) =>
    call.json({ tiers: [...(await offeredTiers(api.context, call.req.raw.signal))] }, 200),
  );
  app.openapi(build, async (call) => {
    const { tier } = call.req.valid('param');
    const also = { refresh: call.req.valid('json').refresh ?? false };
    return replyWatched(call, 200, async (progress, signal) => ({
      ...(await tiers.build(tier, also, progress, signal)),
    }));
  });
  app.openapi(update, async (call) => {
    const { tiers: asked } = call.req.valid('json');
    return replyWatched(call, 200, async (progress, signal) => ({
      tiers: [...(await updateTiers(api.context, asked, progress, signal))],
    }));
  });
  return app;
}
