/** The errors a link makes itself. */
import { BhattiError, type ErrorBody } from './errors.ts';
import type { FrameFault } from './frame.ts';
import { STREAMS_MAX } from './limits.ts';
import { PROTOCOL_VERSION } from './messages.ts';

/** Characters of an error's text that cross the wire. */
const ERROR_TEXT_MAX = 4096;

/** An error as CLOSE carries it. */
export function clip(error: BhattiError): ErrorBody {
  const { code, message, remedy } = error.toBody();
  return { code, message: message.slice(0, ERROR_TEXT_MAX), remedy: remedy.slice(0, ERROR_TEXT_MAX) };
}

export function lost(why: string): BhattiError {
  return new BhattiError('link.lost', `cannot reach the guest: ${why}`, { remedy: 'try again' });
}

export function broken(code: FrameFault | 'stream.protocol', why: string): BhattiError {
  return new BhattiError(code, `cannot understand the other side: ${why}`, {
    remedy: 'stop and start the sandbox; if it comes back, the image is older or newer than this bhatti',
  });
}

export function otherVersion(version: number): BhattiError {
  return new BhattiError(
    'link.lost',
    `cannot talk to the guest: it speaks protocol ${version}, not ${PROTOCOL_VERSION}`,
    {
      remedy: 'rebuild the image with this version of bhatti: bhatti tier build',
    },
  );
}

export function tooManyStreams(): BhattiError {
  return new BhattiError('stream.limit', `cannot open a stream: ${STREAMS_MAX} are open`, {
    remedy: 'wait until one of the running commands or transfers ends',
  });
}

export function tooLarge(): BhattiError {
  return new BhattiError('request.too-large', 'cannot send the request: it is longer than the protocol allows', {
    remedy: 'pass large content as a file or on stdin',
  });
}

export function bug(cause: unknown): BhattiError {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new BhattiError('internal', `cannot serve the request: ${why}`, { remedy: 'please report it', cause });
}
