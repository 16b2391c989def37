/** The beginning of a VNC session through a web client's WebSocket (RFC 6143, 7.1 to 7.3). */
import { once } from 'node:events';
import WebSocket from 'ws';

const ANSWER_MS = 60_000;
const VERSION = 'RFB 003.008\n';
const SECURITY_NONE = 1;
const SHARED = 1;
const SERVER_INIT_SIZE = 24;

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** @returns the status the server refuses a WebSocket with; 101 when it takes it */
export async function handshakeStatus(port: number, login?: Login): Promise<number> {
  const socket = open(port, login);
  const status = await Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(([, response]) => Number(response.statusCode)),
  ]);
  socket.on('error', () => {}); // it is closed before it is open
  socket.terminate();
  return status;
}

function open(port: number, login?: Login): WebSocket {
  const auth = login === undefined ? {} : { auth: `${login.user}:${login.password}` };
  return new WebSocket(`ws://127.0.0.1:${port}/websockify`, ['binary'], auth);
}

/** @returns the desktop's size as the server tells it to who logs in */
export async function desktopSize(port: number, login: Login): Promise<{ width: number; height: number }> {
  const socket = open(port, login);
  const late = setTimeout(() => socket.terminate(), ANSWER_MS);
  try {
    const bytes = reader(socket);
    const version = await bytes(VERSION.length);
    if (version.toString() !== VERSION) throw new Error(`the server speaks ${JSON.stringify(version.toString())}`);
    socket.send(Buffer.from(VERSION)); // a text would be a message of another kind
    const [count = 0] = await bytes(1);
    const kinds = await bytes(count);
    if (!kinds.includes(SECURITY_NONE)) throw new Error(`the server asks for security ${[...kinds]}`);
    socket.send(Uint8Array.of(SECURITY_NONE));
    if ((await bytes(4)).readUInt32BE() !== 0) throw new Error('the server refuses');
    socket.send(Uint8Array.of(SHARED));
    const told = await bytes(SERVER_INIT_SIZE);
    return { width: told.readUInt16BE(0), height: told.readUInt16BE(2) };
  } finally {
    clearTimeout(late);
    socket.terminate();
  }
}

/** @returns a function that waits for that many bytes, whatever messages they come in */
function reader(socket: WebSocket): (size: number) => Promise<Buffer> {
  let held = Buffer.alloc(0);
  let wake = (): void => {};
  let ended: Error | null = null;
  socket.on('message', (message: Buffer) => {
    held = Buffer.concat([held, message]);
    wake();
  });
  const end = (error: Error): void => {
    ended ??= error;
    wake();
  };
  socket.on('error', end);
  socket.on('close', () => end(new Error('the server closed the connection')));
  return async (size) => {
    while (held.length < size) {
      if (ended) throw ended;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const taken = held.subarray(0, size);
    held = held.subarray(size);
    return taken;
  };
}
