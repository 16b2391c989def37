/** A registry as the distribution API has it (opencontainers.org, distribution-spec): manifests, blobs, who may read. */
import { createHash } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { BadRoot } from '../root/root-tree.ts';
import { challengeOf, tokenUrl } from './challenge.ts';
import {
  Config,
  choose,
  type Descriptor,
  DOCUMENT_SIZE_MAX,
  Index,
  isIndex,
  Manifest,
  parseDocument,
} from './documents.ts';
import { type BlobPlace, fetchBlob } from './fetch-blob.ts';
import { baseUrl, type Reference } from './reference.ts';

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
/** A registry that says nothing for so long is not there. */
const ANSWER_MS = 30_000;

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface RemoteImage {
  readonly config: Config;
  readonly layers: readonly Descriptor[];
}

export class Registry {
  readonly #reference: Reference;
  readonly #base: string;
  readonly #credentials: Credentials | undefined;
  readonly #signal: AbortSignal;
  /** Of the last challenge. */
  #authorization: string | undefined;

  constructor(reference: Reference, credentials: Credentials | undefined, signal: AbortSignal) {
    this.#reference = reference;
    this.#base = `${baseUrl(reference)}/${reference.repository}`;
    this.#credentials = credentials;
    this.#signal = signal;
  }

  /** @throws BhattiError image.not-found | request.unauthorized | registry.failed; BadRoot */
  async image(arch: string): Promise<RemoteImage> {
    let found = await this.#manifest(this.#reference.tag);
    if (isIndex(found.mediaType) || found.json.includes('"manifests"')) {
      const { digest } = choose(parseDocument(Index, found.json, 'the index'), arch);
      found = await this.#manifest(digest);
    }
    const { config, layers } = parseDocument(Manifest, found.json, 'the manifest');
    if (config.size > DOCUMENT_SIZE_MAX) throw new BadRoot(`its config has ${config.size} bytes`);
    const reply = await this.get(`${this.#base}/blobs/${config.digest}`);
    const json = verified(await bounded(reply, this.#where), config.digest);
    const parsed = parseDocument(Config, json, 'the config');
    if (parsed.architecture !== arch) throw new BadRoot(`it is for ${parsed.architecture}, not for ${arch}`);
    return { config: parsed, layers };
  }

  /** Downloads a blob, or what of it is not there yet. */
  blob(descriptor: Descriptor, place: BlobPlace): Promise<string> {
    const url = `${this.#base}/blobs/${descriptor.digest}`;
    return fetchBlob(descriptor, place, this.#signal, (headers) => this.get(url, headers));
  }

  /** A GET with what the registry asks for to let us in. @throws BhattiError */
  async get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const first = await this.#fetch(url, headers);
    if (first.status !== 401) return this.#checked(first);
    await first.body?.cancel();
    this.#authorization = await this.#authorize(first.headers.get('www-authenticate') ?? '');
    return this.#checked(await this.#fetch(url, headers));
  }

  get #where(): string {
    return `${this.#reference.host}/${this.#reference.repository}`;
  }

  async #manifest(tag: string): Promise<{ json: string; mediaType: string | undefined }> {
    const reply = await this.get(`${this.#base}/manifests/${tag}`, { accept: ACCEPT });
    const content = await bounded(reply, this.#where);
    const json = tag.startsWith('sha256:') ? verified(content, tag) : content.toString('utf8');
    return { json, mediaType: reply.headers.get('content-type') ?? undefined };
  }

  async #fetch(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    const authorization = this.#authorization === undefined ? {} : { authorization: this.#authorization };
    // The time limit is for the answer's head; the body has limits of its own.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`no answer within ${ANSWER_MS / 1000} s`)), ANSWER_MS);
    try {
      return await fetch(url, {
        headers: { ...headers, ...authorization },
        signal: AbortSignal.any([this.#signal, late.signal]),
      });
    } catch (error) {
      if (this.#signal.aborted) throw error;
      const why =
        error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
      throw this.#failed(why, 'check the name, the network and http_proxy', error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #authorize(header: string): Promise<string> {
    const challenge = challengeOf(header);
    const basic =
      this.#credentials &&
      `Basic ${Buffer.from(`${this.#credentials.username}:${this.#credentials.password}`).toString('base64')}`;
    if (challenge.scheme === 'basic') {
      if (basic === undefined) throw this.#closed('it wants a user name and a password');
      return basic;
    }
    const url = tokenUrl(challenge, this.#base, this.#reference.repository);
    const reply = await fetch(url, {
      headers: basic === undefined ? {} : { authorization: basic },
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWER_MS)]),
    }).catch((error) => {
      throw this.#signal.aborted ? error : this.#failed(`its token service does not answer`, 'try again later', error);
    });
    if (!reply.ok) throw this.#closed(`its token service says ${reply.status}`);
    const answer = JSON.parse((await bounded(reply, this.#where)).toString('utf8')) as Record<string, unknown>;
    const token = answer.token ?? answer.access_token;
    if (typeof token !== 'string') throw this.#closed('its token service gave no token');
    return `Bearer ${token}`;
  }

  async #checked(reply: Response): Promise<Response> {
    if (reply.ok) return reply;
    await reply.body?.cancel();
    if (reply.status === 401 || reply.status === 403) throw this.#closed(`it says ${reply.status}`);
    if (reply.status === 404)
      throw new BhattiError(
        'image.not-found',
        `cannot pull ${this.#where}: the registry has no ${this.#reference.tag}`,
        {
          remedy: 'check repository and tag; a private one may need --username',
        },
      );
    throw this.#failed(`it says ${reply.status}`, 'try again later');
  }

  #closed(why: string): BhattiError {
    return new BhattiError('registry.unauthorized', `cannot pull ${this.#where}: ${why}`, {
      remedy: 'bhatti image pull REF --username USER --password-stdin',
    });
  }

  #failed(why: string, remedy: string, cause?: unknown): BhattiError {
    return new BhattiError('registry.failed', `cannot reach registry ${this.#reference.host}: ${why}`, {
      remedy,
      cause,
    });
  }
}

/** The body of a document. @throws BadRoot when it is longer than one may be */
async function bounded(reply: Response, where: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of reply.body ?? []) {
    size += part.length;
    if (size > DOCUMENT_SIZE_MAX) throw new BadRoot(`a document of ${where} has more than ${DOCUMENT_SIZE_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function verified(content: Buffer, digest: string): string {
  const found = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  if (found !== digest) throw new BadRoot(`a document has digest ${found} instead of ${digest}`);
  return content.toString('utf8');
}
