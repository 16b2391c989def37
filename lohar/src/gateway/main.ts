/**
 * vnc-gateway PORT ROOT CREDENTIALS SOCKET: serves the files of ROOT, and WebSockets that end at a VNC server's unix
 * socket, to who has the password. The last of a desktop's three parts: X server, session, and the way in.
 */
import type { Runtime } from '@bhatti/runtime/start.ts';
import { Connection, type GatewayFiles } from './connection.ts';
import { CHUNK_SIZE } from './half.ts';

/** A page loads some 50 files, six at a time. */
const CONNECTIONS_MAX = 128;
const STDERR = 2;
const EXIT_USAGE = 2;

export function gateway({ sys, loop, args }: Runtime): void {
  const [, port, root, credentials, target, ...rest] = args;
  const number = Number(port);
  if (target === undefined || rest.length > 0 || !Number.isInteger(number) || number < 1 || number > 65_535) {
    sys.write(STDERR, sys.encode('usage: vnc-gateway PORT ROOT CREDENTIALS SOCKET\n'));
    sys.exit(EXIT_USAGE);
  }
  const files: GatewayFiles = { root: root ?? '', credentials: credentials ?? '', target: target ?? '' };
  const listener = sys.listenTcp(number);
  const buffer = new Uint8Array(CHUNK_SIZE);
  let open = 0;
  loop.watch(listener, 'in', () => {
    for (let fd = sys.accept(listener); fd !== null; fd = sys.accept(listener)) {
      if (open >= CONNECTIONS_MAX) sys.close(fd);
      else {
        open += 1;
        new Connection(sys, loop, fd, files, buffer, () => {
          open -= 1;
        });
      }
    }
  });
}
