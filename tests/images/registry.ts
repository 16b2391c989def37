/** Debian's docker-registry on loopback, filled over its own API. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../until.ts';
import { type Blob, type ImageOrder, image, json } from './archives.ts';

const USER = 'reader';
const PASSWORD = 's3cret-word';
/** bcrypt of the password: all that registry's htpasswd knows. */
const HTPASSWD = `${USER}:$2y$05$.2M976wVqBsRLwUYcse5XezCMvpApjtLoZ8PKzvX6HTJdT0HNL0hC\n`;

/** The program, out of Debian's package without installing it; null where that cannot be fetched. */
export function registryProgram(): string | null {
  const cache = join(process.env.BHATTI_CACHE_DIR ?? join(homedir(), '.cache/bhatti'), 'docker-registry');
  const program = join(cache, 'usr/bin/docker-registry');
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  try {
    execFileSync('apt-get', ['download', 'docker-registry'], { cwd: cache, stdio: 'ignore', timeout: 60_000 });
    const deb = readdirSync(cache).find((name) => name.endsWith('.deb'));
    execFileSync('dpkg-deb', ['-x', join(cache, deb ?? ''), cache]);
    return program;
  } catch {
    return null;
  }
}

export interface RegistryLab {
  readonly host: string;
  readonly user: string;
  readonly password: string;
  /** Puts an image there as a client's push does. @returns its manifest */
  push(repository: string, tag: string, order: ImageOrder): Promise<Blob>;
  /** Puts an index of images there. */
  pushIndex(
    repository: string,
    tag: string,
    images: readonly { manifest: Blob; architecture: string }[],
  ): Promise<void>;
  close(): void;
}

/** @param closed wants user and password */
export async function startRegistry(program: string, closed: boolean): Promise<RegistryLab> {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-registry-'));
  const port = await freePort();
  writeFileSync(join(folder, 'htpasswd'), HTPASSWD);
  const auth = { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } };
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}` },
    ...(closed ? { auth } : {}),
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config)); // JSON is YAML
  const child: ChildProcess = spawn(program, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const host = `127.0.0.1:${port}`;
  const authorization = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
  const send = (path: string, method: string, body?: Buffer, type = 'application/octet-stream') =>
    fetch(path.startsWith('/') ? `http://${host}${path}` : path, {
      method,
      headers: { authorization, 'content-type': type },
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
  await until('the registry answers', async () => (await send('/v2/', 'GET').catch(() => null))?.ok ?? false);
  const putBlob = async (repository: string, blob: Blob): Promise<void> => {
    const begun = await send(`/v2/${repository}/blobs/uploads/`, 'POST');
    const url = new URL(begun.headers.get('location') ?? '', `http://${host}`);
    url.searchParams.set('digest', blob.digest);
    await wanted(await send(url.href, 'PUT', blob.content), 201);
  };
  const putManifest = async (repository: string, tag: string, blob: Blob): Promise<void> =>
    wanted(await send(`/v2/${repository}/manifests/${tag}`, 'PUT', blob.content, blob.mediaType), 201);
  return {
    host,
    user: USER,
    password: PASSWORD,
    async push(repository, tag, order) {
      const { manifest, blobs } = image(order);
      for (const blob of blobs) await putBlob(repository, blob);
      await putManifest(repository, tag, manifest);
      return manifest;
    },
    async pushIndex(repository, tag, images) {
      const mediaType = 'application/vnd.oci.image.index.v1+json';
      const manifests = images.map(({ manifest, architecture }) => {
        const { mediaType, digest, size } = manifest;
        return { mediaType, digest, size, platform: { architecture, os: 'linux' } };
      });
      const content = json({ schemaVersion: 2, mediaType, manifests });
      await putManifest(repository, tag, { mediaType, digest: '', size: content.length, content });
    },
    close() {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function wanted(reply: Response, status: number): Promise<void> {
  if (reply.status !== status) throw new Error(`${reply.url} says ${reply.status}: ${await reply.text()}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
