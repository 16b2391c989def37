import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { deleteImage } from '../../operations/delete-image.ts';
import { importImage } from '../../operations/import-image.ts';
import { newImageName } from '../../operations/new-image-name.ts';
import { pullImage } from '../../operations/pull-image.ts';
import { renameImage } from '../../operations/rename-image.ts';
import { saveImage } from '../../operations/save-image.ts';
import type { Progress } from '../../ports/engine.ts';
import type { Image } from '../../ports/images.ts';
import { requestBytes } from '../bytes.ts';
import type { Api, ApiEnv } from '../env.ts';
import { replyWatched } from '../progress.ts';
import { BYTES, body, FAILURE, json, jsonOrLines, SandboxParam } from '../route.ts';

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

const ImageParam = z.object({
  image: z
    .string()
    .max(1024)
    .openapi({ param: { name: 'image', in: 'path' } }),
});

const list = createRoute({
  method: 'get',
  path: '/v1/images',
  tags,
  summary: 'List the images that can be booted',
  responses: { 200: json(z.strictObject({ images: z.array(ImageReply) }), 'The images, without packages'), ...FAILURE },
});
const Manifest = z.looseObject({ tier: z.string() }).openapi('ImageManifest');
const made = { 200: jsonOrLines(Manifest, "The image's manifest", 'ImageProgress'), ...FAILURE };
const save = createRoute({
  method: 'post',
  path: '/v1/sandboxes/{sandbox}/image',
  tags,
  summary: 'Make an image of a sandbox, running or stopped',
  request: {
    params: SandboxParam,
    body: body(
      z
        .strictObject({
          name: z.string().openapi({ example: 'my-image' }),
          keepIdentity: z
            .boolean()
            .optional()
            .openapi({ description: 'Keep host keys, passwords, histories and logs of the sandbox in it' }),
        })
        .openapi('SaveImage'),
    ),
  },
  responses: made,
});
const importing = createRoute({
  method: 'put',
  path: '/v1/images/{image}',
  tags,
  summary: 'Make an image of an archive: docker save, OCI layout or the tar of a root; plain, gzip or zstd',
  request: {
    params: ImageParam,
    query: z.object({ from: z.string().max(1024).optional().openapi({ description: 'Where it is from' }) }),
    body: { content: BYTES },
  },
  responses: made,
});
const pull = createRoute({
  method: 'post',
  path: '/v1/images',
  tags,
  summary: 'Pull an image from a registry',
  request: {
    body: body(
      z
        .strictObject({
          reference: z.string().openapi({ example: 'registry.example/team/app:1.2' }),
          name: z.string().optional().openapi({ description: 'Default: the last part of the repository' }),
          username: z.string().max(1024).optional(),
          password: z.string().max(16_384).optional(),
        })
        .openapi('PullImage'),
    ),
  },
  responses: made,
});
const rename = createRoute({
  method: 'patch',
  path: '/v1/images/{image}',
  tags,
  summary: 'Rename an image',
  request: { params: ImageParam, body: body(z.strictObject({ name: z.string() }).openapi('RenameImage')) },
  responses: { 200: json(ImageReply, 'The image under its new name'), ...FAILURE },
});
const remove = createRoute({
  method: 'delete',
  path: '/v1/images/{image}',
  tags,
  summary: 'Delete an image that no sandbox is made of',
  request: { params: ImageParam },
  responses: { 200: json(ImageReply, 'What is gone'), ...FAILURE },
});
const inspect = createRoute({
  method: 'get',
  path: '/v1/images/{image}',
  tags,
  summary: 'Show an image with its manifest',
  request: {
    params: ImageParam,
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
  const { context } = api;
  const { images } = context;
  const app = new OpenAPIHono<ApiEnv>();
  app.openapi(list, async (call) => call.json({ images: (await images.list()).map(short) }, 200));
  app.openapi(inspect, async (call) => call.json(view(await images.find(call.req.valid('param').image)), 200));
  app.openapi(rename, async (call) => {
    const renamed = await renameImage(context, call.req.valid('param').image, call.req.valid('json').name);
    return call.json(view(renamed), 200);
  });
  app.openapi(remove, async (call) => call.json(view(await deleteImage(context, call.req.valid('param').image)), 200));
  app.openapi(importing, async (call) => {
    const asked = { name: call.req.valid('param').image, from: call.req.valid('query').from ?? 'an archive' };
    const gone = call.req.raw.signal;
    // Refused before a long body is read, and read before anything is answered.
    await newImageName(context, asked.name);
    const archive = await context.imageMaker.receive(requestBytes(call), gone);
    const make = async (progress: Progress, signal: AbortSignal) => {
      await using held = archive;
      return { ...(await importImage(context, { ...asked, archive: held }, progress, signal)) };
    };
    return replyWatched(call, 200, make);
  });
  app.openapi(pull, async (call) => {
    const { username, password, ...asked } = call.req.valid('json');
    const credentials = username === undefined ? undefined : { username, password: password ?? '' };
    const request = { ...asked, credentials };
    return replyWatched(call, 200, async (progress, signal) => ({
      ...(await pullImage(context, request, progress, signal)),
    }));
  });
  app.openapi(save, async (call) => {
    const { sandbox } = call.req.valid('param');
    const asked = call.req.valid('json');
    return replyWatched(call, 200, async (progress, signal) => ({
      ...(await saveImage(context, sandbox, asked, progress, signal)),
    }));
  });
  return app;
}
