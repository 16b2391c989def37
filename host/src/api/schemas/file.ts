import { z } from '@hono/zod-openapi';

export const FileReply = z
  .strictObject({
    path: z.string(),
    type: z.enum(['file', 'directory', 'symlink', 'other']),
    size: z.int(),
    mode: z.int().openapi({ description: 'Permission bits', example: 0o644 }),
    uid: z.int(),
    gid: z.int(),
    mtimeMs: z.number(),
    target: z.string().optional().openapi({ description: 'Where a symlink points' }),
  })
  .openapi('File');

/** Permission bits as chmod takes them. */
export const Mode = z
  .string()
  .regex(/^[0-7]{3,4}$/, 'a mode has 3 or 4 octal digits')
  .transform((text) => Number.parseInt(text, 8))
  .openapi({ type: 'string', example: '0644' });

const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');
export const flag = (description: string) => Flag.default(false).openapi({ type: 'boolean', description });
