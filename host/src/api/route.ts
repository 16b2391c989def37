/** What the descriptions of routes have in common. */
import { z } from '@hono/zod-openapi';
import { NDJSON } from './ndjson.ts';
import { ErrorReply } from './schemas/error.ts';
import { progressFrame } from './schemas/progress.ts';

export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** The result, or how it comes about line by line to whoever asks for that (replyWatched()). */
export function jsonOrLines<T extends z.ZodType>(schema: T, description: string, linesName: string) {
  return {
    description: `${description}, or how it comes about line by line with Accept: ${NDJSON}`,
    content: { 'application/json': { schema }, [NDJSON]: { schema: progressFrame(schema).openapi(linesName) } },
  };
}

export function body<T extends z.ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } };
}

const Binary = z.string().openapi({ format: 'binary' });
export const BYTES = { 'application/octet-stream': { schema: Binary } };
export const TAR = { 'application/x-tar': { schema: Binary } };

/** Streamed text; a plain string to the compiler, which would ask for it in one piece. */
export const TEXT: string = 'text/plain';

/** Errors of all routes have one shape. */
export const FAILURE = {
  '4XX': {
    description: 'Refused; error.remedy says what to do about it',
    content: { 'application/json': { schema: ErrorReply } },
  },
  '5XX': { description: 'Failed; nothing is left behind', content: { 'application/json': { schema: ErrorReply } } },
};

export const SandboxParam = z.object({
  sandbox: z
    .string()
    .max(1024)
    .openapi({
      description: 'Name, id, or the beginning of an id',
      example: 'dev',
      param: { name: 'sandbox', in: 'path' },
    }),
});

export const PathQuery = z.object({
  path: z.string().openapi({ description: 'Absolute path in the guest', example: '/workspace' }),
});
