import { z } from '@hono/zod-openapi';
import { FORKS_MAX } from '../../operations/make-forks.ts';
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
    pausedMs: z.number().openapi({ description: 'How long the sandbox stood still for it; 0 of a snapshot' }),
  })
  .openapi('Forks');

export const SnapshotBody = z
  .strictObject({
    name: z.string().max(1024).optional().openapi({ description: 'A DNS label; made up when absent' }),
  })
  .openapi('CreateSnapshot');

export const DiffBody = z
  .strictObject({
    to: z.string().max(1024).openapi({ description: 'The other one: SANDBOX/NAME, id, or SANDBOX for its latest' }),
  })
  .openapi('CompareSnapshots');

const how = z.enum(['added', 'changed', 'deleted']);

export const DiffReply = z
  .strictObject({
    files: z.array(
      z.strictObject({
        how,
        path: z.string(),
        type: z.enum(['file', 'directory', 'symlink', 'fifo', 'socket', 'char', 'block']),
      }),
    ),
    packages: z.array(
      z.strictObject({ how, name: z.string(), before: z.string().optional(), after: z.string().optional() }),
    ),
    processes: z.array(z.strictObject({ how, pid: z.int(), command: z.string() })),
    ports: z.array(z.strictObject({ how, protocol: z.enum(['tcp', 'udp']), address: z.string(), port: z.int() })),
  })
  .openapi('SnapshotDiff');

export const SnapshotReply = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    sandbox: z.string().openapi({ description: 'Name of the sandbox, which may be gone', example: 'dev' }),
    sandboxId: z.string(),
    image: z.string(),
    cpus: z.int(),
    memoryMib: z.int(),
    diskBytes: z.int().openapi({ description: 'Free when it goes' }),
    pausedMs: z.number().openapi({ description: 'How long the sandbox stood still for it' }),
    createdAt: z.iso.datetime(),
  })
  .openapi('Snapshot');
