/** A plain HTTP client of Node for the tests of the API: nothing of ours that could be wrong in the same way. */
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { WebSocket } from 'ws';

/** What the tests read of JSON replies and frames: a reply that lacks it fails the test that reads it. */
export interface Body {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly reason: string;
  readonly image: string;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly diskMib: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly console: readonly string[];
  readonly sandboxes: readonly Body[];
  readonly sessions: readonly Body[];
  readonly keys: readonly Body[];
  readonly entries: readonly Body[];
  readonly path: string;
  readonly key: string;
  readonly label: string;
  readonly fraction: number;
  readonly stdout: string;
  readonly truncated: boolean;
  readonly exit: object;
  readonly env: Readonly<Record<string, string>>;
  readonly report: Readonly<Record<string, unknown>>;
  readonly pausedMs: number;
  readonly snapshots: readonly Body[];
  readonly sandbox: string;
  readonly diskBytes: number;
  readonly wake: Readonly<Record<string, unknown>>;
  readonly thermal: Readonly<Record<string, unknown>>;
  readonly size: number;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly requestId: string;
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly body: Body;
}

type Headers = Readonly<Record<string, string>>;

/** Sends a request and does not wait for its reply. */
export function begin(
  socket: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Headers = {},
): ClientRequest {
  const raw = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const type: Headers = raw === undefined || Buffer.isBuffer(raw) ? {} : { 'content-type': 'application/json' };
  const where = socket.startsWith('/') ? { socketPath: socket } : { host: '127.0.0.1', port: new URL(socket).port };
  const sent = request({ ...where, method, path, headers: { ...type, ...headers }, agent: false });
  sent.on('error', () => {});
  sent.end(raw);
  return sent;
}

async function collect(sent: ClientRequest): Promise<Reply> {
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  const bytes = Buffer.concat(parts);
  const isJson = incoming.headers['content-type']?.startsWith('application/json') ?? false;
  const { headers } = incoming;
  return { status: incoming.statusCode ?? 0, headers, bytes, body: isJson ? JSON.parse(bytes.toString()) : {} };
}

export function ask(
  socket: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Headers = {},
): Promise<Reply> {
  return collect(begin(socket, method, path, body, headers));
}

/** The lines of an NDJSON reply. */
export async function frames(socket: string, method: string, path: string, body?: unknown): Promise<Body[]> {
  const { bytes } = await ask(socket, method, path, body, { accept: 'application/x-ndjson' });
  return bytes
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** What a WebSocket said until it was closed: text messages, and the bytes of each channel. */
export interface Talk {
  readonly said: Body[];
  readonly out: Buffer;
  readonly err: Buffer;
}

/** Opens a WebSocket, lets `use` talk, and resolves when the daemon has closed it. */
export async function talk(
  socket: string,
  path: string,
  use: (ws: WebSocket, message: Body) => void,
  first?: object,
): Promise<Talk> {
  const ws = new WebSocket(socket.startsWith('/') ? `ws+unix:${socket}:${path}` : `${socket}${path}`);
  const said: Body[] = [];
  const channels: Buffer[][] = [[], [], []];
  ws.on('open', () => first !== undefined && ws.send(JSON.stringify(first)));
  ws.on('message', (data: Buffer, isBinary) => {
    if (isBinary) return void channels[data[0] ?? 0]?.push(data.subarray(1));
    const message = JSON.parse(data.toString());
    said.push(message);
    use(ws, message);
  });
  await new Promise((resolve, reject) => {
    ws.once('close', resolve);
    ws.once('error', reject);
  });
  const [, out = [], err = []] = channels;
  return { said, out: Buffer.concat(out), err: Buffer.concat(err) };
}
