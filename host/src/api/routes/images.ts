import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Image } from '../../ports/images.ts';
import type { Api, ApiEnv } from '../env.ts';
import { FAILURE, json } from '../route.ts';

const tags = ['Images'];
export const ImageReply = z
  .strictObject({
    name: z.string().openapi({ example: 'minimal' }),
    arch: z.string(),
    path: z.string(),
    kernel: z.string(),
    sizeMib: z.int(),
    allocatedBytes: z.int(),
    modifiedAt: z.iso.datetime(),
    manifest: z.looseObject({}).optional().openapi({ description: 'What the build wrote beside it' }),
  })
  .openapi('Image');

const list = createRoute({
  method: 'get',
  path: '/v1/images',
  tags,
  summary: 'List the images that can be booted',
  responses: { 200: json(z.strictObject({ images: z.array(ImageReply) }), 'The images, without packages'), ...FAILURE },
});
const inspect = createRoute({
  method: 'get',
  path: '/v1/images/{image}',
  tags,
  summary: 'Show an image with its manifest',
  request: {
    params: z.object({
      image: z
        .string()
        .max(1024)
        .openapi({ param: { name: 'image', in: 'path' } }),
    }),
  },
  responses: { 200: json(ImageReply, 'The image'), ...FAILURE },
});

function view(image: Image): z.infer<typeof ImageReply> {
  return {
    name: image.name,
    arch: image.arch,
    path: image.path,
    kernel: image.kernel,
    sizeMib: image.sizeMib,
    allocatedBytes: image.allocated,
    modifiedAt: new Date(image.modifiedMs).toISOString(),
    ...(image.manifest === undefined ? {} : { manifest: { ...image.manifest } }),
  };
}

/** Hundreds of packages an image would drown the list. */
function short(image: Image): z.infer<typeof ImageReply> {
  const { manifest, ...rest } = view(image);
  if (manifest === undefined) return rest;
  const { packages: _, ...few } = manifest;
  return { ...rest, manifest: few };
}

export function imageRoutes(api: Api): OpenAPIHono<ApiEnv> {
  const { images } = api.context;
  const app = new OpenAPIHono<ApiEnv>();
  app.openapi(list, async (call) => call.json({ images: (await images.list()).map(short) }, 200));
  app.openapi(inspect, async (call) => call.json(view(await images.find(call.req.valid('param').image)), 200));
  return app;
}
