/**
 * What a sandbox may reach: the filter on everything that leaves the network namespace all QEMUs run in (docs/network.md).
 *
 * It looks at destinations only. So it needs no connection tracking, and an answer is never refused: nothing can open a
 * connection into the namespace. What a refusal sends back to the socket takes the way out, too, by lo: only that is let
 * through there, for a refusal that does not arrive is a timeout of minutes.
 */

/** Network between the namespace and slirp4netns; the resolver is slirp4netns's, at .3. */
export const UPLINK_RANGE = '10.0.77.0/24';
export const RESOLVER = '10.0.77.3';
/** slirp4netns takes packets of any size from its tap: larger ones cost fewer calls. */
export const UPLINK_MTU = 65_520;
/** nft set that holds the host's own addresses; the network's keeper keeps it current. */
export const HOST_SET = 'inet bhatti host';

/** Never, whatever is allowed: the namespace itself and its other sandboxes. */
const OWN_RANGES = ['127.0.0.0/8', UPLINK_RANGE];

/** IANA's special-purpose ranges that lead to somebody's inside, link-local metadata services, or to no one address. */
const CLOSED_RANGES = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
];

const RANGE = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/;

/** True for an IPv4 address or range in CIDR notation. */
export function isRange(text: string): boolean {
  const match = RANGE.exec(text);
  if (match === null) return false;
  const [a, b, c, d, bits = '32'] = match.slice(1);
  return [a, b, c, d].every((byte) => Number(byte) <= 255) && Number(bits) <= 32;
}

/**
 * The rules as text for `nft -f`, which replaces them as one transaction.
 * @param allowed ranges that stay open although they are closed to others; never the host's own addresses
 * @throws RangeError for one that is no IPv4 range
 */
export function networkRules(allowed: readonly string[]): string {
  for (const range of allowed) if (!isRange(range)) throw new RangeError(`not an IPv4 range: ${range}`);
  // A rule each: nft refuses a set whose ranges overlap.
  const open = allowed.map((range) => `    ip daddr ${range} accept\n`).join('');
  return `table inet bhatti
delete table inet bhatti
table inet bhatti {
  set host {
    type ipv4_addr
  }
  chain refuse {
    meta l4proto tcp reject with tcp reset
    reject with icmpx type admin-prohibited
  }
  chain output {
    type filter hook output priority filter; policy drop;
    oifname lo tcp flags rst accept
    oifname lo icmp type destination-unreachable accept
    meta nfproto ipv6 goto refuse
    ip daddr ${RESOLVER} meta l4proto { tcp, udp } th dport 53 accept
    ip daddr { ${OWN_RANGES.join(', ')} } goto refuse
    ip daddr @host goto refuse
${open}    ip daddr { ${CLOSED_RANGES.join(', ')} } goto refuse
    accept
  }
}
`;
}
