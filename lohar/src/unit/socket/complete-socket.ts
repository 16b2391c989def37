/** What follows for a socket from all its settings together, and what makes it unfit. Texts: systemd 255. */
import type { Completed } from '../service/complete-service.ts';
import type { SocketSettings } from './socket-settings.ts';

export function completeSocket(given: SocketSettings | null): Completed {
  return { settings: {}, refusal: given === null ? NOTHING : refusal(given), warnings: [] };
}

const NOTHING = 'Unit has no Listen setting (ListenStream=, ListenDatagram=, ListenFIFO=, ...). Refusing.';

function refusal(given: SocketSettings): string | null {
  if (given.listen.length === 0) return NOTHING;
  const accepting = given.listen.some(({ kind }) => kind === 'Stream' || kind === 'SequentialPacket');
  if (given.Accept && !accepting)
    return 'Unit configured for accepting sockets, but sockets are non-accepting. Refusing.';
  if (given.Accept && given.MaxConnections === 0) return 'MaxConnection= setting too small. Refusing.';
  if (given.Accept && given.Service !== '')
    return 'Explicit service configuration for accepting socket units not supported. Refusing.';
  const nodes = given.listen.filter(({ place }) => place.family === 'unix' && place.path.startsWith('/'));
  if (given.Symlinks.length > 0 && nodes.length !== 1)
    return 'Unit has symlinks set but none or more than one node in the file system. Refusing.';
  return null;
}
