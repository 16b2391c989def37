/**
 * What the network's keeper is told: `network.json` in its folder. It makes one network namespace for all sandboxes of
 * a daemon, with a filter and an uplink, keeps the filter's knowledge of the host's addresses current, and outlives the
 * daemon as the namespaces' holder.
 */

export const NETWORK_FILE = 'network.json';
/** Rules for nft, beside it; the word `reload` on the control socket puts them in force again. */
export const RULES_FILE = 'rules.nft';

export interface NetworkJob {
  /** Absolute paths. */
  readonly slirp4netns: string;
  readonly nft: string;
  readonly ip: string;
  readonly unshare: string;
  /** True without root: the network namespace lies in a user namespace of its own. */
  readonly userNamespace: boolean;
  /** Of the uplink: '10.0.77.0/24', bytes. */
  readonly range: string;
  readonly mtu: number;
  /** nft set of the host's addresses: 'inet bhatti host'. */
  readonly hostSet: string;
}

/** @throws Error with what is wrong */
export function parseNetworkJob(text: string): NetworkJob {
  const job: unknown = JSON.parse(text);
  if (typeof job !== 'object' || job === null) throw new Error('the network job is no object');
  const fields = job as Readonly<Record<string, unknown>>;
  for (const name of ['slirp4netns', 'nft', 'ip', 'unshare', 'range', 'hostSet'])
    if (typeof fields[name] !== 'string') throw new Error(`${name} is missing in the network job`);
  if (typeof fields.userNamespace !== 'boolean') throw new Error('userNamespace is missing in the network job');
  if (!Number.isSafeInteger(fields.mtu)) throw new Error('mtu is missing in the network job');
  return job as NetworkJob;
}

/** The addresses in the output of `ip -4 -o address`, each once. */
export function addressesOf(output: string): string[] {
  const found = [...output.matchAll(/\binet (\d+\.\d+\.\d+\.\d+)/g)].map(([, address]) => address ?? '');
  return [...new Set(found)];
}

/** The rules with the host's addresses in their set: for nft one transaction, so that there is never a hole. */
export function rulesWithHost(rules: string, set: string, addresses: readonly string[]): string {
  return addresses.length === 0 ? rules : `${rules}add element ${set} { ${addresses.join(', ')} }\n`;
}
