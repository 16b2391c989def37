/** Names of images in registries: host[:port]/repository[:tag][@digest]. */
import { BhattiError } from '@bhatti/wire/errors.ts';

export interface Reference {
  /** With its port. */
  readonly host: string;
  readonly repository: string;
  /** A tag, or a digest, which says more. */
  readonly tag: string;
}

const REPOSITORY = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const HOST = /^(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const LENGTH_MAX = 512;

/** @throws BhattiError request.invalid */
export function parseReference(text: string): Reference {
  const refuse = (why: string): never => {
    throw new BhattiError('request.invalid', `cannot read the reference ${JSON.stringify(text.slice(0, 80))}: ${why}`, {
      remedy: 'write it as HOST/REPOSITORY:TAG, such as registry.example/team/app:1.2',
    });
  };
  if (text.length > LENGTH_MAX) refuse(`it has more than ${LENGTH_MAX} characters`);
  const slash = text.indexOf('/');
  const host = text.slice(0, Math.max(0, slash));
  if (!HOST.test(host) || !/[.:]|^localhost$/.test(host)) refuse('it names no registry');
  const [name = '', digest] = text.slice(slash + 1).split('@', 2);
  const colon = name.lastIndexOf(':');
  const repository = colon < 0 ? name : name.slice(0, colon);
  const tag = colon < 0 ? 'latest' : name.slice(colon + 1);
  if (!REPOSITORY.test(repository)) refuse('its repository has other characters than a-z, 0-9 and ._-/');
  if (!TAG.test(tag)) refuse('its tag has other characters than letters, digits and ._-');
  if (digest !== undefined && !DIGEST.test(digest)) refuse('its digest is no sha256');
  return { host, repository, tag: digest ?? tag };
}

/** Plain HTTP is for this machine alone. */
export function baseUrl({ host }: Reference): string {
  const name = host.replace(/:\d+$/, '');
  const loopback = name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
  return `${loopback ? 'http' : 'https'}://${host}/v2`;
}
