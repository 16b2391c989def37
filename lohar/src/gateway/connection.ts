/**
 * One client of the gateway.
 *
 *   head --no password--> 401 --sent--> over
 *   head --a file--> answer --sent--> over
 *   head --a WebSocket--> tunnel --either side ends--> over
 *
 * A tunnel reads a side only while the other has taken all: nothing piles up here.
 */
import { type Fd, type Loop, type Sys, SysError, type Timer } from '@bhatti/runtime/sys.ts';
import { isAuthorized } from './credentials.ts';
import { Half } from './half.ts';
import { filePath, isOwnOrigin, parseRequest, type Request, webSocketKey } from './request.ts';
import { response, typeOf } from './response.ts';
import { acceptOf, binaryHead, CLOSE, readFrame } from './web-socket.ts';

/** How long a client may take for a head, and for taking an answer. */
const ANSWER_MS = 30_000;
const FILE_SIZE_MAX = 4 * 1024 * 1024;
const CREDENTIALS_SIZE_MAX = 4096;

export interface GatewayFiles {
  /** Folder of the page. */
  readonly root: string;
  /** Read for each request: a password made anew counts at once. */
  readonly credentials: string;
  /** Unix socket of the VNC server. */
  readonly target: string;
}

export class Connection {
  readonly #sys: Sys;
  readonly #loop: Loop;
  readonly #files: GatewayFiles;
  readonly #buffer: Uint8Array;
  readonly #client: Half;
  readonly #onOver: () => void;
  readonly #deadline: Timer;
  #target: Half | null = null;
  /** What has come and was not understood yet. */
  #input: Uint8Array = new Uint8Array();
  #state: 'head' | 'answer' | 'tunnel' | 'over' = 'head';

  constructor(sys: Sys, loop: Loop, fd: Fd, files: GatewayFiles, buffer: Uint8Array, onOver: () => void) {
    this.#sys = sys;
    this.#loop = loop;
    this.#files = files;
    this.#buffer = buffer;
    this.#onOver = onOver;
    this.#client = new Half(sys, loop, fd, buffer, {
      onBytes: (bytes) => this.#onClient(bytes),
      onSent: () => this.#onSent(),
      onEnd: () => this.#end(),
    });
    this.#deadline = loop.after(ANSWER_MS, () => this.#end());
  }

  #onClient(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#input.length + bytes.length);
    all.set(this.#input);
    all.set(bytes, this.#input.length);
    this.#input = all;
    if (this.#state === 'head') this.#readHead();
    else if (this.#state === 'tunnel') this.#readFrames();
  }

  #readHead(): void {
    const parsed = parseRequest(this.#sys.decode(this.#input));
    if (parsed.is === 'more') return;
    const request = parsed.is === 'bad' ? null : parsed.request;
    if (parsed.is === 'request') this.#input = this.#input.slice(parsed.size);
    const key = request && webSocketKey(request);
    const answer = this.#answerTo(request, key);
    if (answer !== null) this.#answer(answer);
    else if (request !== null && key !== null) this.#openTunnel(key, request);
  }

  /** @returns null when a WebSocket may be opened */
  #answerTo(request: Request | null, key: string | null): Uint8Array | null {
    if (request === null) return response(400);
    if (!isAuthorized(request.headers.get('authorization'), this.#credentials())) return response(401);
    if (key === null) return this.#page(request);
    return isOwnOrigin(request) ? null : response(403);
  }

  #credentials(): string {
    try {
      return this.#sys.decode(this.#sys.readFile(this.#files.credentials, CREDENTIALS_SIZE_MAX));
    } catch (error) {
      if (error instanceof SysError) return '';
      throw error;
    }
  }

  #page({ method, path }: Request): Uint8Array {
    if (method !== 'GET') return response(405);
    const file = filePath(path);
    if (file === null) return response(404);
    try {
      return response(200, typeOf(file), this.#sys.readFile(`${this.#files.root}/${file}`, FILE_SIZE_MAX));
    } catch (error) {
      if (error instanceof SysError) return response(404);
      throw error;
    }
  }

  #answer(bytes: Uint8Array): void {
    this.#state = 'answer';
    this.#client.reads(false);
    this.#client.send(bytes);
    if (this.#client.idle) this.#end();
  }

  #openTunnel(key: string, { headers }: Request): void {
    const fd = this.#connect();
    if (fd === null) {
      this.#answer(response(502));
      return;
    }
    this.#deadline.cancel();
    this.#state = 'tunnel';
    this.#target = new Half(this.#sys, this.#loop, fd, this.#buffer, {
      onBytes: (bytes) => this.#onTarget(bytes),
      onSent: () => this.#readFrames(),
      onEnd: () => this.#end(),
    });
    const asked = (headers.get('sec-websocket-protocol') ?? '').split(/\s*,\s*/);
    const protocol = asked.includes('binary') ? 'Sec-WebSocket-Protocol: binary\r\n' : '';
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${protocol}Sec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`;
    this.#client.send(this.#sys.encode(head));
    this.#readFrames();
  }

  #connect(): Fd | null {
    try {
      return this.#sys.connectUnix(this.#files.target, 'stream');
    } catch (error) {
      if (error instanceof SysError) return null;
      throw error;
    }
  }

  /** Frames of the client, as long as the target takes them. */
  #readFrames(): void {
    while (this.#state === 'tunnel' && this.#target?.idle) {
      const frame = readFrame(this.#input);
      if (frame.is === 'more') break;
      if (frame.is === 'bad' || frame.is === 'close') {
        this.#client.send(CLOSE);
        this.#end();
        return;
      }
      this.#input = this.#input.slice(frame.size);
      if (frame.is === 'answer') this.#client.send(frame.bytes);
      else if (frame.is === 'data') this.#target.send(frame.bytes);
    }
    if (this.#state === 'tunnel') this.#client.reads(this.#target?.idle ?? false);
  }

  #onTarget(bytes: Uint8Array): void {
    const head = binaryHead(bytes.length);
    const message = new Uint8Array(head.length + bytes.length);
    message.set(head);
    message.set(bytes, head.length);
    this.#client.send(message);
    this.#target?.reads(this.#client.idle);
  }

  #onSent(): void {
    if (this.#state === 'answer') this.#end();
    else this.#target?.reads(true);
  }

  #end(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#deadline.cancel();
    this.#client.close();
    this.#target?.close();
    this.#onOver();
  }
}
