import { z } from '@hono/zod-openapi';
import { ErrorReply } from './error.ts';

const Terminal = z.strictObject({ rows: z.int(), cols: z.int(), term: z.string().default('xterm-256color') });

const Command = z.strictObject({
  argv: z
    .array(z.string())
    .min(1)
    .openapi({ example: ['uname', '-a'] }),
  env: z.record(z.string(), z.string()).optional(),
  cwd: z.string().optional(),
  user: z.string().max(64).optional().openapi({ description: 'Name or uid; defaults to lohar' }),
  timeoutMs: z
    .int()
    .min(1)
    .max(7 * 24 * 3600 * 1000)
    .optional(),
});

export const ExecBody = Command.extend({
  stdin: z.base64().optional().openapi({ description: 'Bytes of standard input; /dev/null when absent' }),
}).openapi('Exec');

/** First message of the WebSocket. */
const Kept = z.string().regex(/^[0-9a-f]{32}$/);

export const ExecOpening = Command.extend({
  stdin: z.boolean().optional().openapi({ description: 'True: bytes of channel 0 are its standard input' }),
  tty: Terminal.optional(),
  session: z.string().optional(),
  keep: Kept.optional().openapi({
    description: 'When the connection is lost the command waits for who says this again (ExecResuming)',
  }),
}).openapi('ExecOpening');

export const PortOpening = z
  .strictObject({ port: z.int().openapi({ description: 'A TCP port in the guest' }), keep: Kept })
  .openapi('PortOpening');

export const SessionOpening = z
  .strictObject({
    attach: z.string().openapi({ description: 'A session: its scrollback comes first', example: 's1' }),
    rows: z.int(),
    cols: z.int(),
    keep: Kept,
  })
  .openapi('SessionOpening');

export const ExecResuming = z
  .strictObject({
    resume: Kept,
    received: z
      .array(z.int().min(0))
      .length(2)
      .openapi({ description: 'Bytes of output and of errors that are there' }),
    terminal: z
      .boolean()
      .optional()
      .openapi({ description: 'It is a session: open, it is no work while nothing is said' }),
  })
  .openapi('ExecResuming');

export const Exit = z
  .strictObject({
    code: z.int().optional().openapi({ description: "The command's exit code, absent when a signal ended it" }),
    signal: z.string().optional().openapi({ example: 'SIGKILL' }),
    timedOut: z.boolean().optional(),
  })
  .openapi('Exit');

export const ExecReply = z
  .strictObject({
    exit: Exit,
    stdout: z.string(),
    stderr: z.string(),
    encoding: z.enum(['utf8', 'base64']).openapi({ description: 'base64 when the output is no UTF-8' }),
    truncated: z.boolean().openapi({ description: 'True when more than 8 MiB came out of a stream; the rest is gone' }),
  })
  .openapi('ExecResult');

export const ExecFrame = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('started'),
      pid: z.int(),
      session: z.string().optional(),
      given: z
        .int()
        .optional()
        .openapi({ description: 'Bytes of input that it has taken, of one that is gone on with' }),
    }),
    z.strictObject({ type: z.literal('stdout'), data: z.base64() }),
    z.strictObject({ type: z.literal('stderr'), data: z.base64() }),
    z.strictObject({ type: z.literal('exit'), exit: Exit }),
    ErrorReply.extend({ type: z.literal('error') }),
  ])
  .openapi('ExecFrame');

/** Text messages of a client on a WebSocket after the first. */
export const StreamControl = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('end') }),
    z.strictObject({ type: z.literal('signal'), signal: z.string().max(32) }),
    z.strictObject({ type: z.literal('resize'), rows: z.int(), cols: z.int() }),
    z.strictObject({ type: z.literal('detach') }),
  ])
  .openapi('StreamControl');

export const SessionReply = z
  .strictObject({
    id: z.string().openapi({ example: 's1' }),
    argv: z.array(z.string()),
    pid: z.int(),
    user: z.string(),
    tty: z.boolean(),
    attached: z.boolean(),
    startedAt: z.iso.datetime(),
    exit: Exit.optional(),
  })
  .openapi('Session');
