import { z } from '@hono/zod-openapi';
import { ErrorReply } from './error.ts';

/** Lines of a long operation asked for with `Accept: application/x-ndjson`; the last one is result or error. */
export function progressFrame<T extends z.ZodType>(result: T) {
  return z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('accepted'), id: z.string(), name: z.string() }),
    z.strictObject({
      type: z.literal('progress'),
      label: z.string(),
      fraction: z.number().min(0).max(1).optional(),
      elapsedMs: z.number(),
    }),
    z.strictObject({ type: z.literal('result'), result }),
    ErrorReply.extend({ type: z.literal('error') }),
  ]);
}
