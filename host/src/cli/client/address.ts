/** Where the daemon is: a unix socket here, or a URL and a key. */
import { BhattiError } from '@bhatti/wire/errors.ts';

export type Address =
  | {
      readonly kind: 'unix';
      readonly path: string;
      /** Brings a daemon up that listens there; absent when that is not ours to do. */
      readonly start?: () => Promise<void>;
    }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls: boolean;
      readonly key?: string;
    };

export interface AddressOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Precedence: --url, BHATTI_URL, the socket of the data directory. A key comes from --token or BHATTI_TOKEN.
 * @throws BhattiError request.invalid for a URL that is none
 */
export function daemonAddress(options: AddressOptions, env: Env, socket: string): Address {
  const url = options.url ?? env.BHATTI_URL;
  if (url === undefined || url === '') return { kind: 'unix', path: socket };
  const [, scheme, v6, name, port] =
    /^(https?):\/\/(?:\[([0-9a-f:]+)\]|([a-z0-9.-]+))(?::(\d{1,5}))?\/?$/i.exec(url) ?? [];
  const host = v6 ?? name;
  if (scheme === undefined || host === undefined || Number(port ?? 0) > 65_535) {
    throw new BhattiError('request.invalid', `cannot use the URL ${JSON.stringify(url)}: it is not of the form`, {
      remedy: 'write http://127.0.0.1:8440 or https://host',
    });
  }
  const tls = scheme.toLowerCase() === 'https';
  const key = options.token ?? env.BHATTI_TOKEN;
  return {
    kind: 'tcp',
    host,
    port: Number(port ?? (tls ? 443 : 80)),
    tls,
    ...(key === undefined || key === '' ? {} : { key }),
  };
}
