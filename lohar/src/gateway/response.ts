/** Answers of the gateway: one a connection. */

const REASONS = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  502: 'Bad Gateway',
} as const;

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
};

/** @returns the media type of a file by its name */
export const typeOf = (path: string): string =>
  TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

/** @returns head and body; without a body the reason is the body */
export function response(status: keyof typeof REASONS, type = 'text/plain; charset=utf-8', body?: Uint8Array) {
  const content = body ?? new TextEncoder().encode(`${REASONS[status]}\n`);
  const ask = status === 401 ? ['WWW-Authenticate: Basic realm="desktop", charset="UTF-8"'] : [];
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    `Content-Type: ${type}`,
    `Content-Length: ${content.length}`,
    'Cache-Control: no-cache',
    'X-Content-Type-Options: nosniff',
    'X-Frame-Options: SAMEORIGIN',
    'Connection: close',
    ...ask,
  ];
  const head = new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
  const whole = new Uint8Array(head.length + content.length);
  whole.set(head);
  whole.set(content, head.length);
  return whole;
}
