/** A WebSocket client over the connection of http.ts: messages in order, sending with back pressure. */
import { randomBytes } from 'node:crypto';
import { BhattiError, CODES, type ErrorCode } from '@bhatti/wire/errors.ts';
import type { Address } from './address.ts';
import { encodeFrame, FRAME_SIZE_MAX, type Frame, FrameDecoder, type Opcode } from './frames.ts';
import { type Connection, request, write } from './http.ts';

export type Message = { readonly text: string } | { readonly bytes: Buffer };

export interface Channel {
  /** Ends when the daemon has closed the socket well. @throws BhattiError link.lost */
  messages(): AsyncGenerator<Message>;
  /** Resolves when there is room for more. */
  send(data: string | Uint8Array): Promise<void>;
  close(): void;
}

const NO_MASK = new Uint8Array(4);

function refused(status: number, code: string | undefined): BhattiError {
  const known = code !== undefined && Object.hasOwn(CODES, code) ? (code as ErrorCode) : undefined;
  const unauthorized = status === 401 ? 'request.unauthorized' : 'link.lost';
  return new BhattiError(known ?? unauthorized, `cannot open a stream: the daemon refused it (status ${status})`, {
    remedy: status === 401 ? 'give a key with --token or BHATTI_TOKEN' : 'look into daemon.log in the data directory',
  });
}

function lost(why: string): BhattiError {
  return new BhattiError('link.lost', `cannot go on: ${why}`, { remedy: 'bhatti list shows what still runs' });
}

/** Joins the frames of each message. */
async function* messagesOf(
  { reader }: Connection,
  answer: (opcode: Opcode, payload: Buffer) => void,
): AsyncGenerator<Message> {
  const decoder = new FrameDecoder();
  let begun: { opcode: Opcode; parts: Buffer[]; size: number } | undefined;
  const join = ({ opcode, fin, payload }: Frame): Message | undefined => {
    begun = opcode === 'continuation' && begun ? begun : { opcode, parts: [], size: 0 };
    begun.parts.push(payload);
    begun.size += payload.length;
    if (begun.size > FRAME_SIZE_MAX) throw new Error('the daemon sent a message that is too long');
    if (!fin) return undefined;
    const { opcode: kind, parts } = begun;
    begun = undefined;
    const bytes = parts.length === 1 ? payload : Buffer.concat(parts);
    return kind === 'text' ? { text: bytes.toString('utf8') } : { bytes };
  };
  for (let bytes = await reader.some(Infinity); bytes !== undefined; bytes = await reader.some(Infinity)) {
    for (const frame of decoder.push(bytes)) {
      if (frame.opcode === 'close') return answer('close', frame.payload);
      if (frame.opcode === 'ping') answer('pong', frame.payload);
      else if (frame.opcode !== 'pong') {
        const message = join(frame);
        if (message !== undefined) yield message;
      }
    }
  }
  throw new Error('the daemon closed the connection');
}

/** @throws BhattiError daemon.unreachable | request.unauthorized | link.lost */
export async function openChannel(address: Address, path: string, signal?: AbortSignal): Promise<Channel> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  };
  const connection = await request(address, { method: 'GET', path, headers, signal });
  const { socket, head } = connection;
  if (head.status !== 101) {
    socket.destroy();
    throw refused(head.status, head.headers.get('x-bhatti-error'));
  }
  // Masks protect proxies between strangers; a unix socket has neither.
  const mask = (): Uint8Array => (address.kind === 'unix' ? NO_MASK : randomBytes(4));
  const put = (opcode: Opcode, payload: Uint8Array): Promise<void> =>
    write(socket, encodeFrame(opcode, payload, mask()));
  return {
    async *messages() {
      try {
        yield* messagesOf(connection, (opcode, payload) => void put(opcode, payload));
      } catch (error) {
        throw lost(error instanceof Error ? error.message : String(error));
      } finally {
        socket.destroy();
      }
    },
    send: (data) => (typeof data === 'string' ? put('text', Buffer.from(data)) : put('binary', data)),
    close: () => void socket.destroy(),
  };
}
