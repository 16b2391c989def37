/** Asks PID 1 over its control socket and waits for the answers; a client has nothing else to do meanwhile. */
import { AGAIN, type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { CONTROL_SOCKET, type Reply, type Request } from '../control/protocol.ts';
import { joined } from '../joined-bytes.ts';

export type ControlSys = Pick<Sys, 'connectUnix' | 'setNonBlocking' | 'read' | 'write' | 'close' | 'encode' | 'decode'>;

/** Bytes read at a time: a small buffer, for all of it is memory that a client does not have yet. */
const CHUNK = 16 * 1024;
/** Longest answer line: `show` of every unit there is. */
const REPLY_SIZE_MAX = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** PID 1 is not lohar, or does not answer. */
export class NoManager extends Error {
  /** True: it was there, and then closed the connection. */
  readonly wasConnected: boolean;
  constructor(why: string, wasConnected: boolean) {
    super(why);
    this.name = 'NoManager';
    this.wasConnected = wasConnected;
  }
}

function connect(sys: ControlSys): Fd {
  try {
    const fd = sys.connectUnix(CONTROL_SOCKET, 'stream');
    sys.setNonBlocking(fd, false);
    return fd;
  } catch (error) {
    throw new NoManager(error instanceof SysError ? error.code : String(error), false);
  }
}

function send(sys: ControlSys, fd: Fd, request: Request): void {
  let bytes: Uint8Array = sys.encode(`${JSON.stringify(request)}\n`);
  while (bytes.length > 0) {
    const done = sys.write(fd, bytes);
    if (done !== AGAIN) bytes = bytes.subarray(done);
  }
}

function* lines(sys: ControlSys, fd: Fd): Generator<string> {
  const chunk = new Uint8Array(CHUNK);
  let held = new Uint8Array(0);
  for (;;) {
    const got = sys.read(fd, chunk);
    if (got === 0) throw new NoManager('the connection was closed', true);
    if (got === AGAIN) continue;
    const whole = joined(held, chunk.subarray(0, got));
    const end = whole.lastIndexOf(LINE_FEED) + 1;
    held = whole.slice(end);
    if (held.length > REPLY_SIZE_MAX) throw new NoManager('an answer is too long', true);
    if (end > 0) yield* sys.decode(whole.subarray(0, end - 1)).split('\n');
  }
}

/**
 * Replies to one request, as they come, without the last, `end`.
 * @throws NoManager when PID 1 does not answer
 */
export function* ask(sys: ControlSys, request: Request): Generator<Exclude<Reply, { is: 'end' }>> {
  const fd = connect(sys);
  try {
    send(sys, fd, request);
    for (const line of lines(sys, fd)) {
      const reply = JSON.parse(line) as Reply;
      if (reply.is === 'end') return;
      yield reply;
    }
  } finally {
    sys.close(fd);
  }
}

/** Of a reply to `show`: its `Name=value` lines. */
export function propertiesIn(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) found.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return found;
}
