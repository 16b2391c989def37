/** A folder over HTTP on loopback, with the faults of a bad line. */
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

export interface Faults {
  /** The connection of the first answer longer than this is cut there. */
  cutAt?: number | undefined;
  /** The first answer longer than this stops there and is never ended. */
  stallAt?: number | undefined;
  /** Each image's byte at this place is another. */
  corruptAt?: number | undefined;
}

export interface ReleaseServer extends AsyncDisposable {
  readonly url: string;
  readonly faults: Faults;
  /** Files that were asked for, in their order. */
  readonly asked: readonly string[];
  /** Where answers began, when not at the file's begin. */
  readonly resumedAt: readonly number[];
}

export async function serveRelease(folder: string): Promise<ReleaseServer> {
  const faults: Faults = {};
  const asked: string[] = [];
  const resumedAt: number[] = [];
  const server = createServer((request, reply) => {
    const path = join(folder, decodeURIComponent(request.url ?? '/'));
    asked.push(basename(path));
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return reply.writeHead(404).end();
    const content = readFileSync(path);
    if (path.endsWith('.ext4.zst') && faults.corruptAt !== undefined)
      content.writeUInt8(content.readUInt8(faults.corruptAt) ^ 1, faults.corruptAt);
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (start > 0) resumedAt.push(start);
    const body = content.subarray(start);
    reply.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length });
    const { cutAt, stallAt } = faults;
    const end = cutAt ?? stallAt;
    if (end === undefined || body.length <= end) return reply.end(body);
    faults.cutAt = undefined;
    faults.stallAt = undefined;
    return reply.write(body.subarray(0, end), () => {
      if (cutAt !== undefined) reply.destroy();
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    asked,
    resumedAt,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
