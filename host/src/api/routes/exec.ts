import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { connectLasting } from '../../operations/connect.ts';
import type { Context } from '../../operations/context.ts';
import { type ExecRequest, exec, resumeExec } from '../../operations/exec.ts';
import type { Running } from '../../operations/running.ts';
import { attach } from '../../operations/sessions.ts';
import type { Api, ApiEnv } from '../env.ts';
import { type Emit, NDJSON, ndjson, wantsNdjson } from '../ndjson.ts';
import { body, FAILURE, SandboxParam } from '../route.ts';
import {
  ExecBody,
  ExecFrame,
  ExecOpening,
  ExecReply,
  ExecResuming,
  PortOpening,
  SessionOpening,
} from '../schemas/exec.ts';
import { socketRoute } from '../socket-route.ts';
import { parseJson, serveRunning } from '../stream.ts';
import { exitView } from '../views.ts';

/** Output kept of each stream of a buffered exec. */
export const OUTPUT_SIZE_MAX = 8 * 1024 * 1024;

const tags = ['Commands'];
const buffered = createRoute({
  method: 'post',
  path: '/v1/sandboxes/{sandbox}/exec',
  tags,
  summary: 'Run a command; its output comes at the end, or line by line as it is written',
  request: { params: SandboxParam, body: body(ExecBody) },
  responses: {
    200: {
      description: 'What it wrote and how it ended, or frames with Accept: application/x-ndjson',
      content: { 'application/json': { schema: ExecReply }, [NDJSON]: { schema: ExecFrame } },
    },
    ...FAILURE,
  },
});
const socket = {
  path: '/v1/sandboxes/{sandbox}/exec/ws',
  tags,
  summary: 'Run a command over a WebSocket: standard input, signals, terminals',
  description:
    'The first message is the request: ExecOpening, SessionOpening, PortOpening for a connection, or ExecResuming ' +
    'for one of them that was lost. Then binary messages carry a channel byte (0 in, 1 out, 2 errors) ' +
    'and bytes; text messages are StreamControl towards the daemon, ExecFrame without stdout and stderr back.',
  request: { params: SandboxParam },
};

const Opening = z.union([ExecResuming, PortOpening, SessionOpening, ExecOpening]);

function requestOf(asked: z.infer<typeof ExecBody> | z.infer<typeof ExecOpening>): ExecRequest {
  return { ...asked, stdin: asked.stdin === true || typeof asked.stdin === 'string' };
}

/** Feeds what the request brought along; a command that does not read all of it is no error. */
async function feed(running: Running, stdin: string | undefined): Promise<void> {
  if (stdin === undefined) return;
  await running.write(Buffer.from(stdin, 'base64')).catch(() => {});
  running.endInput();
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<{ bytes: Buffer; truncated: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let truncated = false;
  for await (const bytes of source) {
    const room = OUTPUT_SIZE_MAX - size; // the rest is read and dropped, so that the command can end
    truncated ||= bytes.length > room;
    if (room > 0) parts.push(bytes.length > room ? bytes.subarray(0, room) : bytes);
    size += Math.min(bytes.length, room);
  }
  return { bytes: Buffer.concat(parts), truncated };
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

async function result(running: Running, stdin: string | undefined): Promise<z.infer<typeof ExecReply>> {
  const [stdout, stderr] = await Promise.all([collect(running.stdout), collect(running.stderr), feed(running, stdin)]);
  const exit = await running.exit;
  const encoding = isUtf8(stdout.bytes) && isUtf8(stderr.bytes) ? 'utf8' : 'base64';
  return {
    exit: exitView(exit ?? { code: 0 }),
    stdout: stdout.bytes.toString(encoding),
    stderr: stderr.bytes.toString(encoding),
    encoding,
    truncated: stdout.truncated || stderr.truncated,
  };
}

async function frames(running: Running, stdin: string | undefined, emit: Emit): Promise<void> {
  const pump = async (source: AsyncIterable<Uint8Array>, type: 'stdout' | 'stderr'): Promise<void> => {
    for await (const bytes of source) await emit({ type, data: Buffer.from(bytes).toString('base64') });
  };
  await emit({ type: 'started', pid: running.pid });
  await Promise.all([pump(running.stdout, 'stdout'), pump(running.stderr, 'stderr'), feed(running, stdin)]);
  await emit({ type: 'exit', exit: exitView((await running.exit) ?? { code: 0 }) });
}

function begin(
  context: Context,
  sandbox: string,
  asked: z.infer<typeof Opening>,
  signal: AbortSignal,
): Promise<Running> {
  if ('resume' in asked) return resumeExec(context, sandbox, { ...asked, exec: asked.resume }, signal);
  if ('port' in asked) return connectLasting(context, sandbox, asked, signal);
  if ('attach' in asked) return attach(context, sandbox, { ...asked, session: asked.attach }, signal);
  return exec(context, sandbox, requestOf(asked), signal);
}

export function execRoutes(api: Api): OpenAPIHono<ApiEnv> {
  const { context } = api;
  const app = new OpenAPIHono<ApiEnv>();
  app.openapi(buffered, async (call) => {
    const { sandbox } = call.req.valid('param');
    const asked = call.req.valid('json');
    if (!wantsNdjson(call)) {
      const running = await exec(context, sandbox, requestOf(asked), call.req.raw.signal);
      return call.json(await result(running, asked.stdin), 200);
    }
    return ndjson(call, async (emit, signal) => {
      await frames(await exec(context, sandbox, requestOf(asked), signal), asked.stdin, emit);
    });
  });
  socketRoute(app, socket, async (call, peer) => {
    const first = await peer.next();
    if (first === undefined) return;
    const asked = Opening.parse(parseJson('text' in first ? first.text : ''));
    // Once it runs, serveRunning decides what the peer's leaving means: a session survives it.
    const starting = new AbortController();
    const giveUp = (): void => starting.abort();
    peer.gone.addEventListener('abort', giveUp, { once: true });
    const sandbox = call.req.param('sandbox') ?? '';
    const running = await begin(context, sandbox, asked, starting.signal);
    peer.gone.removeEventListener('abort', giveUp);
    const kept = 'resume' in asked || asked.keep !== undefined;
    await serveRunning(peer, running, () => kept && api.ending.aborted);
  });
  return app;
}
