/** Who may ask for what: anybody may look; root and members of group sudo (who are root when they like) may change. */
import type { Credentials } from '@bhatti/runtime/sys.ts';
import { READ_ONLY_VERBS, type Request } from './protocol.ts';

/** Who it is, and the number of group sudo, is asked for when it matters. */
export function mayAsk(
  request: Request,
  client: { readonly credentials: Credentials },
  sudoGroup: () => number | null,
): boolean {
  if (READ_ONLY_VERBS.has(request.verb)) return true;
  if (request.verb === 'environment' && request.op === 'show') return true;
  if (request.verb === 'log-level' && request.set === undefined) return true;
  const { uid, gid, groups } = client.credentials;
  if (uid === 0) return true;
  const sudo = sudoGroup();
  return sudo !== null && (gid === sudo || groups.includes(sudo));
}
