/** The head of an HTTP request (RFC 9112), as far as a page and a WebSocket need it. */

/** Bytes of a request's head; browsers send some 500. */
export const HEAD_SIZE_MAX = 16 * 1024;
const HEADERS_MAX = 100;

export interface Request {
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  /** By lower-case name; of several the last. */
  readonly headers: ReadonlyMap<string, string>;
}

export type Parsed =
  | { readonly is: 'request'; readonly request: Request; readonly size: number }
  | { readonly is: 'more' }
  | { readonly is: 'bad' };

const BAD: Parsed = { is: 'bad' };

/** @param text the bytes so far, each a character */
export function parseRequest(text: string): Parsed {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return text.length < HEAD_SIZE_MAX ? { is: 'more' } : BAD;
  if (end > HEAD_SIZE_MAX) return BAD;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const [, method, target] = /^([A-Z]{1,16}) (\/[\x21-\x7e]*) HTTP\/1\.1$/.exec(first) ?? [];
  if (method === undefined || target === undefined || lines.length > HEADERS_MAX) return BAD;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return BAD;
    headers.set(name.toLowerCase(), value);
  }
  return { is: 'request', request: { method, path: target.split('?', 1)[0] ?? '/', headers }, size: end + 4 };
}

/** @returns the key of a WebSocket handshake (RFC 6455, 4.2.1), null for every other request */
export function webSocketKey({ method, headers }: Request): string | null {
  const words = (name: string): string[] => (headers.get(name) ?? '').toLowerCase().split(/[ \t]*,[ \t]*/);
  const asks = method === 'GET' && words('upgrade').includes('websocket') && words('connection').includes('upgrade');
  const key = headers.get('sec-websocket-key') ?? '';
  return asks && headers.get('sec-websocket-version') === '13' && /^[A-Za-z0-9+/]{22}==$/.test(key) ? key : null;
}

/**
 * A browser sends what it remembers of a password along with any page's WebSocket (it knows no same-origin rule), but
 * says whose page it is.
 */
export function isOwnOrigin({ headers }: Request): boolean {
  const origin = headers.get('origin');
  return origin === undefined || origin.replace(/^https?:\/\//, '') === headers.get('host');
}

/** @returns the file's path below the root, null for what may not be asked for */
export function filePath(path: string): string | null {
  if (path === '/') return 'index.html';
  const parts = path.slice(1).split('/');
  return parts.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part)) ? parts.join('/') : null;
}
