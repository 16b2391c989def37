/**
 * Every error of bhatti: one row a code. The HTTP status and the CLI's exit code follow from the row, so that API and
 * CLI never disagree (exit codes: docker-run(1): 125 own error, 126 not executable, 127 not found).
 */
export const CODES = {
  'request.invalid': { http: 400, exit: 125 },
  'request.unauthorized': { http: 401, exit: 125 },
  'request.too-large': { http: 413, exit: 125 },
  'name.invalid': { http: 400, exit: 125 },
  'name.taken': { http: 409, exit: 125 },
  'exec.lost': { http: 410, exit: 125 },
  'sandbox.not-found': { http: 404, exit: 125 },
  'sandbox.ambiguous': { http: 409, exit: 125 },
  'sandbox.not-running': { http: 409, exit: 125 },
  'sandbox.busy': { http: 409, exit: 125 },
  'sandbox.crashed': { http: 409, exit: 125 },
  'sandbox.wake-failed': { http: 500, exit: 125 },
  'size.invalid': { http: 400, exit: 125 },
  'image.not-found': { http: 404, exit: 125 },
  'image.broken': { http: 409, exit: 125 },
  'image.exists': { http: 409, exit: 125 },
  'image.in-use': { http: 409, exit: 125 },
  'image.invalid': { http: 400, exit: 125 },
  'image.make-failed': { http: 500, exit: 125 },
  'registry.unauthorized': { http: 403, exit: 125 },
  'registry.failed': { http: 502, exit: 125 },
  'registry.corrupt': { http: 502, exit: 125 },
  'release.failed': { http: 502, exit: 125 },
  'release.corrupt': { http: 502, exit: 125 },
  'release.invalid': { http: 502, exit: 125 },
  'release.untrusted': { http: 502, exit: 125 },
  'tier.not-found': { http: 404, exit: 125 },
  'tier.build-failed': { http: 500, exit: 125 },
  'recipe.invalid': { http: 400, exit: 125 },
  'host.missing-program': { http: 500, exit: 125 },
  'host.disk-full': { http: 507, exit: 125 },
  'host.needs-root': { http: 403, exit: 125 },
  'host.setup-failed': { http: 500, exit: 125 },
  'host.no-network': { http: 500, exit: 125 },
  'engine.failed': { http: 500, exit: 125 },
  'engine.boot-timeout': { http: 504, exit: 125 },
  'template.bad': { http: 500, exit: 125 },
  'saved.broken': { http: 409, exit: 125 },
  'saved.foreign': { http: 409, exit: 125 },
  'snapshot.not-found': { http: 404, exit: 125 },
  'snapshot.too-many': { http: 409, exit: 125 },
  'snapshot.unclear': { http: 502, exit: 125 },
  'store.invalid': { http: 500, exit: 125 },
  'store.newer': { http: 500, exit: 125 },
  'config.invalid': { http: 500, exit: 125 },
  'daemon.unreachable': { http: 503, exit: 125 },
  'daemon.running': { http: 500, exit: 125 },
  'daemon.address-in-use': { http: 500, exit: 125 },
  'operation.cancelled': { http: 499, exit: 130 },
  'operation.timeout': { http: 504, exit: 124 },
  'link.lost': { http: 502, exit: 125 },
  'frame.invalid': { http: 502, exit: 125 },
  'frame.too-long': { http: 502, exit: 125 },
  'stream.limit': { http: 503, exit: 125 },
  'stream.protocol': { http: 502, exit: 125 },
  'exec.not-found': { http: 404, exit: 127 },
  'exec.not-executable': { http: 400, exit: 126 },
  'exec.no-user': { http: 400, exit: 125 },
  'exec.bad-directory': { http: 400, exit: 125 },
  'key.not-found': { http: 404, exit: 125 },
  'session.not-found': { http: 404, exit: 125 },
  'session.exists': { http: 409, exit: 125 },
  'session.taken': { http: 409, exit: 125 },
  'file.not-found': { http: 404, exit: 125 },
  'file.is-directory': { http: 409, exit: 125 },
  'file.not-directory': { http: 409, exit: 125 },
  'file.denied': { http: 403, exit: 125 },
  'file.no-space': { http: 507, exit: 125 },
  'file.failed': { http: 500, exit: 125 },
  'port.refused': { http: 502, exit: 125 },
  'port.reset': { http: 502, exit: 125 },
  internal: { http: 500, exit: 125 },
} as const satisfies Record<string, { http: number; exit: number }>;

export type ErrorCode = keyof typeof CODES;

/** What crosses a border (wire, HTTP): an error without its stack. */
export interface ErrorBody {
  readonly code: ErrorCode;
  /** "cannot <verb> <object>: <why>" */
  readonly message: string;
  /** What to do about it, one line, a command one can paste where there is one. */
  readonly remedy: string;
}

export class BhattiError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  constructor(code: ErrorCode, message: string, also: { remedy: string; cause?: unknown }) {
    super(message, { cause: also.cause });
    this.name = 'BhattiError';
    this.code = code;
    this.remedy = also.remedy;
  }

  toBody(): ErrorBody {
    return { code: this.code, message: this.message, remedy: this.remedy };
  }

  /** Rebuilds an error that came over a border; an unknown code becomes `internal`. */
  static fromBody(body: { code: string; message: string; remedy: string }): BhattiError {
    const code = Object.hasOwn(CODES, body.code) ? (body.code as ErrorCode) : 'internal';
    return new BhattiError(code, body.message, { remedy: body.remedy });
  }
}
