import { z } from '@hono/zod-openapi';
import { FORKS_MAX } from '../../operations/fork.ts';
import { SandboxDetail } from './sandbox.ts';

export const ForkBody = z
  .strictObject({
    name: z.string().max(1024).optional().openapi({ description: 'Of the one, or what the names of all begin with' }),
    count: z.int().min(1).max(FORKS_MAX).optional().openapi({ description: 'Defaults to 1' }),
  })
  .openapi('ForkSandbox');

export const ForkReply = z
  .strictObject({
    sandboxes: z.array(SandboxDetail),
    pausedMs: z.number().openapi({ description: 'How long the sandbox stood still for it' }),
  })
  .openapi('Forks');
