/** Who may ask for what: anybody may look; root and members of group sudo (who are root when they like) may change. */
import type { Credentials } from '@bhatti/runtime/sys.ts';
import { READ_ONLY_VERBS, type Request } from './protocol.ts';

export function mayAsk(request: Request, { uid, gid, groups }: Credentials, sudoGroup: number | null): boolean {
  if (READ_ONLY_VERBS.has(request.verb) || uid === 0) return true;
  if (request.verb === 'environment' && request.op === 'show') return true;
  if (request.verb === 'log-level' && request.set === undefined) return true;
  return sudoGroup !== null && (gid === sudoGroup || groups.includes(sudoGroup));
}
