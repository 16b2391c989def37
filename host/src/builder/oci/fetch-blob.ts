import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { fileSha256 } from '../../images/file-sha256.ts';

/** In a row without a byte; and in all, for a server that gives one byte a time. */
const ATTEMPTS_IDLE = 4;
const ATTEMPTS_MAX = 100;
const PAUSE_MS = 200;
/** Silence in the middle of a body that means it is lost. */
const SILENCE_MS = 30_000;

export interface Wanted {
  readonly digest: string;
  readonly size: number;
}

export interface BlobPlace {
  readonly folder: string;
  readonly onBytes?: (bytes: number) => void;
}

/** Asks for the bytes, with a Range when some are there. */
export type Ask = (headers: Readonly<Record<string, string>>) => Promise<Response>;

/** @returns the path. @throws BhattiError registry.failed | registry.corrupt */
export async function fetchBlob(wanted: Wanted, place: BlobPlace, signal: AbortSignal, ask: Ask): Promise<string> {
  await mkdir(place.folder, { recursive: true });
  const path = join(place.folder, wanted.digest.replace(':', '-'));
  if ((await sizeOf(path)) === wanted.size) {
    place.onBytes?.(wanted.size);
    return path;
  }
  const part = `${path}.part`;
  let counted = 0;
  let idle = 0;
  const count = (bytes: number): void => {
    counted += bytes;
    place.onBytes?.(bytes);
  };
  for (let attempt = 1; ; attempt += 1) {
    const there = await sizeOf(part);
    if (there > counted) count(there - counted);
    try {
      if (there < wanted.size) await goOn(part, there, wanted, { signal, ask, count });
      break;
    } catch (error) {
      const got = await sizeOf(part);
      if (got > there) idle = 0; // it brought something
      idle += 1;
      if (signal.aborted || idle >= ATTEMPTS_IDLE || attempt >= ATTEMPTS_MAX || isFinal(error))
        throw asFailure(error, signal);
      await pause(PAUSE_MS * idle, undefined, { signal });
    }
  }
  const found = `sha256:${await fileSha256(part)}`;
  if (found !== wanted.digest || (await sizeOf(part)) !== wanted.size) {
    await rm(part);
    throw new BhattiError(
      'registry.corrupt',
      `cannot use what was fetched: it has digest ${found}, not ${wanted.digest}`,
      {
        remedy: 'try again; if it stays so, whoever published it has to mend it',
      },
    );
  }
  await rename(part, path);
  return path;
}

async function goOn(
  part: string,
  from: number,
  wanted: Wanted,
  also: { signal: AbortSignal; ask: Ask; count: (bytes: number) => void },
): Promise<void> {
  const reply = await also.ask(from > 0 ? { range: `bytes=${from}-` } : {});
  const resumed = reply.status === 206;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error(`nothing came for ${SILENCE_MS / 1000} s`)), SILENCE_MS);
  let left = wanted.size - (resumed ? from : 0);
  const bounded = new Transform({
    transform(chunk: Buffer, _, done) {
      timer.refresh();
      left -= chunk.length;
      also.count(chunk.length);
      if (left >= 0) done(null, chunk);
      else done(new Error(`more than the ${wanted.size} bytes that were promised`));
    },
  });
  try {
    const body = reply.body === null ? Readable.from([]) : Readable.fromWeb(reply.body);
    const to = createWriteStream(part, { flags: resumed ? 'a' : 'w', mode: 0o600 });
    await pipeline(body, bounded, to, { signal: AbortSignal.any([also.signal, silence.signal]) });
  } finally {
    clearTimeout(timer);
  }
  if (left > 0) throw new Error('it ended too early');
}

/** Trying again would not help. */
const isFinal = (error: unknown): boolean => error instanceof BhattiError && error.code !== 'registry.failed';

function asFailure(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || error instanceof BhattiError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new BhattiError('registry.failed', `cannot fetch all of it: ${why}`, {
    remedy: 'the same command goes on where this one ended',
    cause: error,
  });
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}
