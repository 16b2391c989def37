/** Reads HTTP/1.1 replies (RFC 9112) from chunks of bytes; pure. */

export const HEAD_SIZE_MAX = 64 * 1024;
const CHUNK_LINE_SIZE_MAX = 1024;

export interface ReplyHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

function parseHead(text: string): ReplyHead {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) throw new Error(`no HTTP reply: ${JSON.stringify(first.slice(0, 80))}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status: Number(status), headers };
}

/** Takes what it wants from a source of chunks, whatever their sizes. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Whatever comes next, at most `limit` bytes; undefined at the end. */
  async some(limit: number): Promise<Buffer | undefined> {
    if (this.#rest.length === 0 && !(await this.#more())) return undefined;
    const taken = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** Everything up to `mark`, which is taken as well. @throws Error when it does not come within `limit` bytes */
  async until(mark: string, limit: number): Promise<string> {
    for (let from = 0; ; ) {
      const at = this.#rest.indexOf(mark, from);
      if (at >= 0) {
        const text = this.#rest.toString('latin1', 0, at);
        this.#rest = this.#rest.subarray(at + mark.length);
        return text;
      }
      if (this.#rest.length > limit + mark.length) throw new Error('the reply is not HTTP: a line without an end');
      from = Math.max(0, this.#rest.length - mark.length);
      if (!(await this.#more())) throw new Error('the connection was closed in the middle of the reply');
    }
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#source.next();
    if (done) return false;
    this.#rest = this.#rest.length === 0 ? Buffer.from(value) : Buffer.concat([this.#rest, value]);
    return true;
  }
}

/** @throws Error when it is no HTTP or ends early */
export async function readHead(reader: ByteReader): Promise<ReplyHead> {
  for (;;) {
    const head = parseHead(await reader.until('\r\n\r\n', HEAD_SIZE_MAX));
    if (head.status >= 200 || head.status === 101) return head; // 100 and 103 announce the real one
  }
}

/** The body that belongs to a head, in pieces as they come. @throws Error when it is cut short */
export async function* readBody(reader: ByteReader, head: ReplyHead): AsyncGenerator<Buffer> {
  const { status, headers } = head;
  if (status === 204 || status === 304) return;
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return yield* chunked(reader);
  const length = headers.get('content-length');
  if (length === undefined) {
    for (let piece = await reader.some(Infinity); piece !== undefined; piece = await reader.some(Infinity)) yield piece;
    return;
  }
  yield* exactly(reader, Number(length));
}

async function* exactly(reader: ByteReader, size: number): AsyncGenerator<Buffer> {
  for (let left = size; left > 0; ) {
    const piece = await reader.some(left);
    if (piece === undefined) throw new Error('the connection was closed in the middle of the reply');
    left -= piece.length;
    yield piece;
  }
}

async function* chunked(reader: ByteReader): AsyncGenerator<Buffer> {
  for (;;) {
    const line = await reader.until('\r\n', CHUNK_LINE_SIZE_MAX);
    const size = /^([0-9a-f]{1,12})(?:;|$)/i.exec(line)?.[1];
    if (size === undefined) throw new Error('the reply is not HTTP: a bad chunk');
    if (Number.parseInt(size, 16) === 0) break;
    yield* exactly(reader, Number.parseInt(size, 16));
    if ((await reader.until('\r\n', 0)) !== '') throw new Error('the reply is not HTTP: a bad chunk');
  }
  while ((await reader.until('\r\n', CHUNK_LINE_SIZE_MAX)) !== ''); // trailers, which say nothing to us
}
