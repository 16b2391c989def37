/** The daemon's API as the verbs call it: JSON in and out, errors as they were thrown there. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Address } from './address.ts';
import { fetchReply, type HttpReply, type RequestBody } from './http.ts';

const REPLY_SIZE_MAX = 64 * 1024 * 1024;
const LINE_SIZE_MAX = 16 * 1024 * 1024;

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** '/v1/x' and { path: '/a b' } -> '/v1/x?path=%2Fa%20b'; what is undefined is left out. */
export function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => `${name}=${encodeURIComponent(String(one))}`),
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

/** The path of a sandbox, or of something below it. Slashes of a name are no slashes of the path. */
export function sandboxPath(reference: string, below = ''): string {
  if (reference === '' || reference === '.' || reference === '..') {
    throw new BhattiError('sandbox.not-found', `cannot find sandbox ${JSON.stringify(reference)}: that is no name`, {
      remedy: 'bhatti list',
    });
  }
  return `/v1/sandboxes/${encodeURIComponent(reference)}${below}`;
}

async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > REPLY_SIZE_MAX) throw strange(`a reply of more than ${REPLY_SIZE_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function strange(what: string): BhattiError {
  return new BhattiError('link.lost', `cannot read the daemon's reply: ${what}`, {
    remedy: 'check that client and daemon are of one version: bhatti version',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw strange('it is no JSON');
  }
}

/** The error in a reply's body, rebuilt. */
export function errorOf(body: unknown): BhattiError {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  const { code, message, remedy } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  if (typeof code !== 'string' || typeof message !== 'string' || typeof remedy !== 'string') {
    return strange('an error of a shape that is not known');
  }
  return BhattiError.fromBody({ code, message, remedy });
}

export interface CallOptions {
  readonly body?: unknown;
  /** Bytes to send instead. */
  readonly content?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
}

export class Api {
  readonly address: Address;

  constructor(address: Address) {
    this.address = address;
  }

  /** @throws BhattiError as the daemon threw it */
  async json<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
    const reply = await this.#send(method, path, 'application/json', options);
    const text = (await collect(reply.body)).toString('utf8');
    return (text === '' ? undefined : parse(text)) as T;
  }

  /** A reply of JSON lines, as they come. @throws BhattiError as the daemon threw it */
  async *lines<T>(method: string, path: string, options: CallOptions = {}): AsyncGenerator<T> {
    const reply = await this.#send(method, path, 'application/x-ndjson', options);
    let rest = '';
    const decoder = new TextDecoder();
    for await (const bytes of reply.body) {
      rest += decoder.decode(bytes, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_SIZE_MAX) throw strange('a line without an end');
      for (const line of lines) yield parse(line) as T;
    }
  }

  /** A body of bytes there, a reply of bytes back. @throws BhattiError as the daemon threw it */
  async bytes(
    method: string,
    path: string,
    options: { body?: RequestBody; type?: string; signal?: AbortSignal | undefined } = {},
  ): Promise<HttpReply> {
    const { body, type = 'application/octet-stream', signal } = options;
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': type };
    return this.#checked({ method, path, headers, signal, ...(body === undefined ? {} : { body }) });
  }

  async #send(method: string, path: string, accept: string, options: CallOptions): Promise<HttpReply> {
    const { body, content, signal } = options;
    const headers: Record<string, string> = { accept };
    if (content !== undefined) {
      headers['content-type'] = 'application/octet-stream';
      return this.#checked({ method, path, headers, signal, body: content });
    }
    if (body === undefined) return this.#checked({ method, path, headers, signal });
    headers['content-type'] = 'application/json';
    return this.#checked({ method, path, headers, signal, body: Buffer.from(JSON.stringify(body)) });
  }

  async #checked(request: Parameters<typeof fetchReply>[1]): Promise<HttpReply> {
    const reply = await fetchReply(this.address, request);
    if (reply.status < 400) return reply;
    throw errorOf(parse((await collect(reply.body)).toString('utf8')));
  }
}
