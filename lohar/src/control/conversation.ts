/** One client: its request, who it is, and the replies that are on their way to it. A client that goes away harms nothing. */
import {
  AGAIN,
  type Credentials,
  type Fd,
  type Interest,
  type Loop,
  type Sys,
  SysError,
  type Watch,
} from '@bhatti/runtime/sys.ts';
import { REQUEST_SIZE_MAX, type Reply } from './protocol.ts';

/** Bytes that may wait for a client that does not read; beyond that it is let go. */
const BACKLOG_MAX = 64 * 1024 * 1024;
/** Characters of replies that are gathered before they are sent. */
const SAID_MAX = 32 * 1024;
const LINE_FEED = 0x0a;
const CHUNK = 16 * 1024;

type ConversationSys = Pick<Sys, 'read' | 'write' | 'close' | 'encode' | 'decode' | 'peerCredentials'>;

export interface Client {
  readonly credentials: Credentials;
  reply(reply: Reply): void;
  /** The last word; nothing can be said after it. */
  end(): void;
  /** Called once when the client is gone or was answered. */
  onClose(run: () => void): void;
}

/** Takes the connection over and closes it; begin() reads what is there. */
export function converse(
  sys: ConversationSys,
  loop: Pick<Loop, 'watch'>,
  fd: Fd,
  onRequest: (line: string, client: Client) => void,
): Conversation {
  return new Conversation(sys, loop, fd, onRequest);
}

class Conversation implements Client {
  readonly #sys: ConversationSys;
  readonly #loop: Pick<Loop, 'watch'>;
  readonly #fd: Fd;
  #watch: Watch | null = null;
  #interest: Interest = 'in';
  #credentials: Credentials | null = null;
  readonly #onRequest: (line: string, client: Client) => void;
  readonly #closers: (() => void)[] = [];
  #received: Uint8Array[] = [];
  #receivedSize = 0;
  #asked = false;
  /** Replies that are not encoded yet; those of one turn go out together. */
  #said = '';
  #isAnswering = false;
  #pending: Uint8Array[] = [];
  #pendingSize = 0;
  #ending = false;
  #closed = false;

  constructor(
    sys: ConversationSys,
    loop: Pick<Loop, 'watch'>,
    fd: Fd,
    onRequest: (line: string, client: Client) => void,
  ) {
    this.#sys = sys;
    this.#loop = loop;
    this.#fd = fd;
    this.#onRequest = onRequest;
  }

  get credentials(): Credentials {
    this.#credentials ??= this.#sys.peerCredentials(this.#fd);
    return this.#credentials;
  }

  /** Most requests are there by now and answered at once; the others are waited for. */
  begin(): void {
    this.#receive();
    if (this.#closed) return;
    this.#watch = this.#loop.watch(this.#fd, this.#interest, (ready) => {
      if (ready.in || ready.hangup) this.#receive();
      if (ready.out) this.#flush();
    });
  }

  #wait(interest: Interest): void {
    this.#interest = interest;
    this.#watch?.set(interest);
  }

  #receive(): void {
    const chunk = new Uint8Array(CHUNK);
    let size: number;
    try {
      size = this.#sys.read(this.#fd, chunk);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      size = 0;
    }
    if (size === AGAIN) return;
    if (size === 0) {
      this.close();
      return;
    }
    // Whatever a client sends after its request is read and forgotten.
    if (this.#asked) return;
    this.#receivedSize += size;
    this.#received.push(chunk.subarray(0, size));
    if (this.#received.at(-1)?.includes(LINE_FEED) === true) this.#take();
    else if (this.#receivedSize > REQUEST_SIZE_MAX) this.#refuse('Request too long.');
  }

  #take(): void {
    this.#asked = true;
    const whole = new Uint8Array(this.#receivedSize);
    let at = 0;
    for (const part of this.#received) {
      whole.set(part, at);
      at += part.length;
    }
    this.#received = [];
    const line = whole.subarray(0, whole.indexOf(LINE_FEED));
    if (line.length > REQUEST_SIZE_MAX) this.#refuse('Request too long.');
    else this.#answer(line);
  }

  #answer(line: Uint8Array): void {
    this.#isAnswering = true;
    try {
      this.#onRequest(this.#sys.decode(line), this);
    } finally {
      this.#isAnswering = false;
    }
    this.#flush();
  }

  #refuse(why: string): void {
    this.#asked = true;
    this.reply({ is: 'error', error: { name: 'InvalidArgs', message: why } });
    this.end();
  }

  reply(reply: Reply): void {
    if (this.#closed || this.#ending) return;
    this.#send(reply);
  }

  #send(reply: Reply): void {
    this.#said += `${JSON.stringify(reply)}\n`;
    if (this.#pendingSize + this.#said.length > BACKLOG_MAX) this.close();
    else if (!this.#isAnswering || this.#said.length > SAID_MAX) this.#flush();
  }

  end(): void {
    if (this.#closed || this.#ending) return;
    this.#ending = true;
    this.#send({ is: 'end' });
  }

  #flush(): void {
    if (this.#said !== '') {
      const bytes = this.#sys.encode(this.#said);
      this.#said = '';
      this.#pendingSize += bytes.length;
      this.#pending.push(bytes);
    }
    while (!this.#closed && this.#pending.length > 0) {
      const [first = new Uint8Array(0)] = this.#pending;
      let size: number;
      try {
        size = this.#sys.write(this.#fd, first);
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
        this.close();
        return;
      }
      if (size === AGAIN) {
        this.#wait('both');
        return;
      }
      this.#pendingSize -= size;
      if (size === first.length) this.#pending.shift();
      else this.#pending[0] = first.subarray(size);
    }
    if (this.#closed) return;
    this.#wait('in');
    if (this.#ending) this.close();
  }

  onClose(run: () => void): void {
    if (this.#closed) run();
    else this.#closers.push(run);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch?.stop();
    this.#sys.close(this.#fd);
    for (const run of this.#closers.splice(0)) run();
  }
}
