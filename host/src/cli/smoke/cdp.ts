/** Chrome's DevTools protocol over a WebSocket, as far as a page and its picture need it. */
import { once } from 'node:events';
import WebSocket from 'ws';

const ANSWER_MS = 120_000;

type Answer = { readonly id?: number; readonly result?: Record<string, unknown>; readonly error?: { message: string } };

export class Cdp {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (text) => {
      const answer = JSON.parse(String(text)) as Answer;
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
    });
  }

  /** @param port of this machine */
  static async open(port: number): Promise<Cdp> {
    const reply = await fetch(`http://127.0.0.1:${port}/json/version`);
    const { webSocketDebuggerUrl } = (await reply.json()) as { webSocketDebuggerUrl: string };
    // Chrome knows its own port only.
    const url = new URL(webSocketDebuggerUrl);
    url.host = `127.0.0.1:${port}`;
    const socket = new WebSocket(url, { maxPayload: 64 * 1024 * 1024 });
    await once(socket, 'open');
    return new Cdp(socket);
  }

  /** @throws Error with Chrome's own words, or when it does not answer */
  async send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const late = setTimeout(() => reject(new Error(`${method} is not answered`)), ANSWER_MS);
    this.#waiting.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    try {
      const { result, error } = await promise;
      if (error) throw new Error(`${method}: ${error.message}`);
      return result ?? {};
    } finally {
      clearTimeout(late);
      this.#waiting.delete(id);
    }
  }

  close(): void {
    this.#socket.close();
  }
}

/** A page that was opened over CDP. */
export class Page {
  readonly #cdp: Cdp;
  readonly #session: string;

  private constructor(cdp: Cdp, session: string) {
    this.#cdp = cdp;
    this.#session = session;
  }

  static async open(cdp: Cdp, url: string): Promise<Page> {
    const { targetId } = await cdp.send('Target.createTarget', { url });
    const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: true });
    return new Page(cdp, String(sessionId));
  }

  /** @returns what the expression, or its promise, gives */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result } = await this.#cdp.send('Runtime.evaluate', params, this.#session);
    return (result as { value?: unknown }).value;
  }

  async screenshot(): Promise<Buffer> {
    const { data } = await this.#cdp.send('Page.captureScreenshot', { format: 'png' }, this.#session);
    return Buffer.from(String(data), 'base64');
  }
}
