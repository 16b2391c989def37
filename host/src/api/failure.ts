/** Errors as they leave the daemon: code, message and remedy of the table, never a stack. */
import { BhattiError, CODES, type ErrorBody } from '@bhatti/wire/errors.ts';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import type { Log } from '../ports/log.ts';

export interface FailureBody {
  readonly error: ErrorBody & { readonly requestId: string };
}

function ofZod(error: z.ZodError): BhattiError {
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return new BhattiError('request.invalid', `cannot read the request: ${where}${issue?.message ?? 'it is not valid'}`, {
    remedy: 'see /openapi.json for what may be sent',
  });
}

function ofHttp(error: HTTPException): BhattiError {
  const code = error.status === 413 ? 'request.too-large' : 'request.invalid';
  const why = error.message || (error.status === 413 ? 'it is too large' : 'it is not valid');
  return new BhattiError(code, `cannot read the request: ${why}`, { remedy: 'see /openapi.json for what may be sent' });
}

/** SQLITE_FULL, https://www.sqlite.org/rescode.html#full */
const SQLITE_FULL = 13;

/** A full disk shows in many places: whoever was writing at the time. */
function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true;
  return ('errcode' in error && error.errcode === SQLITE_FULL) || isDiskFull(error.cause);
}

function diskFull(cause: unknown): BhattiError {
  return new BhattiError('host.disk-full', 'cannot go on: the disk of the data directory is full', {
    remedy: 'free some space (df -h), then try again',
    cause,
  });
}

/** Any error as one of ours; what nobody foresaw becomes `internal` and tells nothing. */
export function asBhattiError(error: unknown): BhattiError {
  if (error instanceof BhattiError) return error;
  if (error instanceof z.ZodError) return ofZod(error);
  if (error instanceof HTTPException) return ofHttp(error);
  if (isDiskFull(error)) return diskFull(error);
  return new BhattiError('internal', 'cannot go on: an error in bhatti itself', {
    remedy: "look for the request's id in daemon.log in the data directory",
    cause: error,
  });
}

/** What nobody foresaw is told to the log alone. @param thrown what `error` was made of */
export function logUnforeseen(log: Log, error: BhattiError, thrown: unknown, requestId: string): void {
  if (error.code === 'internal') log.error({ requestId, err: thrown }, 'an error nobody foresaw');
}

export function failureBody(error: BhattiError, requestId: string): FailureBody {
  return { error: { ...error.toBody(), requestId } };
}

/** 499 is no status of hono's types; a client that is gone does not read it anyway. */
export function statusOf(error: BhattiError): ContentfulStatusCode {
  return CODES[error.code].http as ContentfulStatusCode;
}
