import { CODES, type ErrorCode } from '@bhatti/wire/errors.ts';
import { z } from '@hono/zod-openapi';

export const ErrorReply = z
  .strictObject({
    error: z.strictObject({
      code: z.enum(Object.keys(CODES) as [ErrorCode, ...ErrorCode[]]),
      message: z.string().openapi({ example: 'cannot find sandbox "dev": no name or id is like that' }),
      remedy: z.string().openapi({ example: 'bhatti list' }),
      requestId: z.string().openapi({ example: 'req_0123456789abcdef' }),
    }),
  })
  .openapi('Error');
