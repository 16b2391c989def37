/** A release source, an HTTP folder or a local one: both answer as HTTP does, so that one way of fetching goes for both. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { parsePublicKey, whyNotSigned } from './minisign.ts';
import { INDEX_FILE, INDEX_SIZE_MAX, parseIndex, type ReleaseIndex, SIGNATURE_FILE } from './release-index.ts';

const INDEX_MS = 30_000;

export interface ReleaseSource {
  /** http(s)://…, or a folder. */
  readonly source: string;
  /** Public key of minisign: an index it did not sign is refused. */
  readonly key?: string;
}

/** Asks for a file of the source. @throws BhattiError release.failed; also what fetch throws */
export async function ask(
  { source }: ReleaseSource,
  file: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  if (!/^https?:\/\//.test(source)) return askFolder(source, file, headers);
  const url = new URL(file, source.endsWith('/') ? source : `${source}/`);
  const reply = await fetch(url, { headers: { ...headers, 'accept-encoding': 'identity' }, signal });
  if (reply.ok) return reply;
  await reply.body?.cancel();
  throw failed(`cannot fetch ${url}: the server says ${reply.status}`);
}

async function askFolder(folder: string, file: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const path = join(folder, file);
  const info = await stat(path).catch(() => null);
  if (!info?.isFile()) throw failed(`cannot fetch ${path}: there is no such file`);
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const body = Readable.toWeb(createReadStream(path, { start })) as ReadableStream<Uint8Array>;
  return new Response(body, { status: start > 0 ? 206 : 200 });
}

/** @throws BhattiError release.failed | release.invalid | release.untrusted | operation.cancelled */
export async function readIndex(from: ReleaseSource, signal: AbortSignal): Promise<ReleaseIndex> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(INDEX_MS)]);
  const content = await readSmall(from, INDEX_FILE, within);
  if (from.key !== undefined) {
    const key = parsePublicKey(from.key);
    if (key === null)
      throw new BhattiError('config.invalid', 'cannot use release.key: it is no public key of minisign', {
        remedy: 'set it to the last line of minisign.pub',
      });
    const signature = await readSmall(from, SIGNATURE_FILE, within).catch(() => null);
    const why =
      signature === null ? `it has no ${SIGNATURE_FILE}` : whyNotSigned(content, signature.toString('utf8'), key);
    if (why !== null)
      throw new BhattiError('release.untrusted', `cannot trust ${INDEX_FILE} of ${from.source}: ${why}`, {
        remedy: `whoever publishes it signs it: minisign -Sm ${INDEX_FILE}`,
      });
  }
  return parseIndex(content.toString('utf8'), from.source);
}

async function readSmall(from: ReleaseSource, file: string, signal: AbortSignal): Promise<Buffer> {
  try {
    const { body } = await ask(from, file, {}, signal);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body ?? []) {
      size += chunk.length;
      if (size > INDEX_SIZE_MAX) throw new Error(`${file} has more than ${INDEX_SIZE_MAX} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof BhattiError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw failed(`cannot read ${from.source}: ${cause instanceof Error ? cause.message : String(cause)}`, error);
  }
}

const failed = (message: string, cause?: unknown): BhattiError =>
  new BhattiError('release.failed', message, {
    remedy: 'check the network, and release.source in config.yaml (docs/getting-tiers.md)',
    cause,
  });
