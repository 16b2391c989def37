/** WWW-Authenticate of a registry: distribution-spec's token authentication, or user name and password. */
import { BadRoot } from '../root/root-tree.ts';

export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: ReadonlyMap<string, string>;
}

const HEADER_SIZE_MAX = 8192;

/** @throws BadRoot for what is neither */
export function challengeOf(header: string): Challenge {
  const [, scheme = '', rest = ''] = /^\s*(\w+)\s*(.*)$/s.exec(header.slice(0, HEADER_SIZE_MAX)) ?? [];
  const name = scheme.toLowerCase();
  if (name !== 'basic' && name !== 'bearer') throw new BadRoot('the registry asks for an authentication nobody knows');
  const parameters = [...rest.matchAll(/(\w+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/g)];
  return {
    scheme: name,
    parameters: new Map(parameters.map(([, key = '', quoted, plain]) => [key.toLowerCase(), quoted ?? plain ?? ''])),
  };
}

/**
 * Where the token is. Credentials go there, so it must be as safe as the registry itself.
 * @throws BadRoot
 */
export function tokenUrl({ parameters }: Challenge, registry: string, repository: string): string {
  const realm = parameters.get('realm') ?? '';
  if (!URL.canParse(realm)) throw new BadRoot('the registry names no token service');
  const url = new URL(realm);
  const own = new URL(registry);
  if (
    url.protocol !== 'https:' &&
    !(url.protocol === 'http:' && own.protocol === 'http:' && url.hostname === own.hostname)
  )
    throw new BadRoot(`the registry's token service ${url.origin} is not reached by https`);
  const service = parameters.get('service');
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', parameters.get('scope') ?? `repository:${repository}:pull`);
  return url.href;
}
