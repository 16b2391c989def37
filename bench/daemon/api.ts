/** A client of the daemon's API over its unix socket that keeps its connections, as a program would. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Readable } from 'node:stream';

/** What replies hold of which the benchmarks read some. */
export interface SandboxReply {
  readonly id: string;
  readonly name: string;
  readonly pid?: number;
  readonly report?: {
    readonly from: string;
    readonly accelerator: string;
    readonly lohar: string;
    readonly timings: Readonly<Record<string, number>>;
    readonly steps: readonly { readonly name: string; readonly ms: number }[];
  };
}
export interface ImageReply {
  readonly sizeMib: number;
  readonly allocatedBytes: number;
  readonly kernel: string;
  readonly path: string;
  readonly manifest?: { readonly usedBytes: number; readonly sizeBytes: number };
}
export interface StatsReply {
  readonly loharResidentKib: number;
}

export class Api {
  readonly #socketPath: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** @throws Error with the daemon's own message */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await this.send(
      method,
      path,
      body === undefined ? undefined : JSON.stringify(body),
      'application/json',
    );
    return (reply.length === 0 ? undefined : JSON.parse(reply.toString())) as T;
  }

  /** A request whose body and reply are bytes. @throws Error with the daemon's own message */
  send(method: string, path: string, body?: string | Readable, type = 'application/octet-stream'): Promise<Buffer> {
    return this.#ask(method, path, collect, body, type);
  }

  /** A GET whose bytes are thrown away as they come. @returns how many came @throws Error with the daemon's own message */
  drain(path: string): Promise<number> {
    return this.#ask('GET', path, discard);
  }

  #ask<T>(
    method: string,
    path: string,
    take: (reply: IncomingMessage) => Promise<T>,
    body?: string | Readable,
    type?: string,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': type };
      const call = request({ socketPath: this.#socketPath, agent: this.#agent, method, path, headers }, (reply) => {
        const isGood = reply.statusCode !== undefined && reply.statusCode < 300;
        const refuse = (bytes: Buffer) => reject(new Error(`${method} ${path}: ${reply.statusCode} ${bytes}`));
        (isGood ? take(reply).then(resolve) : collect(reply).then(refuse)).catch(reject);
      });
      call.on('error', reject);
      if (body === undefined || typeof body === 'string') call.end(body);
      else body.pipe(call);
    });
  }

  create(body: { name: string; image?: string; cold?: boolean }): Promise<SandboxReply> {
    return this.call('POST', '/v1/sandboxes', { image: 'minimal', ...body });
  }

  destroy(name: string): Promise<unknown> {
    return this.call('DELETE', `/v1/sandboxes/${name}`);
  }

  /** @throws Error unless the command ended with 0 */
  async exec(name: string, ...argv: readonly string[]): Promise<string> {
    const reply = await this.call<{ exit: { code?: number }; stdout: string; stderr: string }>(
      'POST',
      `/v1/sandboxes/${name}/exec`,
      { argv },
    );
    if (reply.exit.code !== 0) throw new Error(`${argv.join(' ')} in ${name}: ${JSON.stringify(reply)}`);
    return reply.stdout;
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function collect(reply: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of reply) parts.push(part);
  return Buffer.concat(parts);
}

async function discard(reply: IncomingMessage): Promise<number> {
  let size = 0;
  reply.on('data', (part: Buffer) => {
    size += part.length;
  });
  await once(reply, 'end');
  return size;
}
