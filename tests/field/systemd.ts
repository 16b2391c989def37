/** A machine of the sandboxes' shape with real systemd, asked over a port of its own. */
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import { imagesDir } from '../services/image.ts';
import { systemdImage } from '../services/systemd/image.ts';
import { askSystemd } from '../services/systemd/machine.ts';
import { archiveOf, type Pocket, useArchive } from './archive.ts';
import type { Run } from './observe/ask.ts';
import { CPUS, MEMORY_MIB } from './sandbox.ts';

const IMAGE = { tier: 'minimal', file: 'systemd-minimal.ext4' };
const CONTENT_MIB = 1024;
/** Where each archive lies in its machine. */
export const SYSTEMD_ARCHIVES: Readonly<Record<Pocket, string>> = {
  released: '/mnt/released',
  updated: '/mnt/archive',
};

/** Real systemd on tier minimal, as it is before a package comes. */
export const systemdRoot = (scratch: string): Promise<string> =>
  systemdImage(scratch, { step: (label) => console.error(label) }, new AbortController().signal, IMAGE);

/**
 * Runs `work` on a freshly booted machine whose apt knows these packages and what they need.
 * @param packages the first one names the archive
 * @param pockets apt knows the first
 * @param root its disk, which keeps what is done to it; without one it is a fresh one that is thrown away
 */
export async function withSystemd<T>(
  packages: readonly string[],
  work: (run: Run) => Promise<T>,
  { pockets = ['updated'], root }: { pockets?: readonly [Pocket, ...Pocket[]]; root?: string } = {},
): Promise<T> {
  const scratch = await mkdtemp(join(imagesDir, 'field-'));
  const stopped = new AbortController();
  const server = createServer();
  try {
    const image = root ?? (await systemdRoot(scratch));
    const { kernel } = await new ImageCatalog(imagesDir, 'amd64').find('minimal');
    const content = join(scratch, 'content');
    await mkdir(join(content, 'cases'), { recursive: true });
    await cp(join(import.meta.dirname, 'guest'), join(content, 'guest'), { recursive: true });
    for (const pocket of pockets) {
      const archive = await archiveOf(packages, image, pocket);
      await cp(archive, join(content, basename(SYSTEMD_ARCHIVES[pocket])), { recursive: true });
    }
    const path = join(scratch, 'port');
    server.listen(path);
    const connected = once(server, 'connection');
    const said: string[] = [];
    const ended = askSystemd(content, {
      ...{ image, kernel, scratch, signal: stopped.signal, onLine: (line) => void said.push(line) },
      ...{ cpus: CPUS, memoryMib: MEMORY_MIB, diskMib: CONTENT_MIB, keep: root !== undefined },
      devices: [
        ...['-device', 'virtio-serial-device', '-chardev', `socket,id=field,path=${path}`],
        ...['-device', 'virtserialport,chardev=field,name=field'],
      ],
    });
    ended.catch(() => undefined); // it is ended below
    const [socket] = (await Promise.race([
      connected,
      ended.then(() => Promise.reject(new Error(said.join('\n')))),
    ])) as [Socket];
    const port = new Port(socket);
    if ((await port.line()) !== 'ready') throw new Error('the machine says something else than that it is ready');
    const run: Run = (script) => port.run(script);
    await run(useArchive(SYSTEMD_ARCHIVES[pockets[0]]));
    return await work(run);
  } finally {
    stopped.abort();
    server.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** One end of the serial port: reads lines and counted bytes. */
class Port {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #read: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  async run(script: string): Promise<{ code: number; output: string }> {
    const bytes = Buffer.from(script);
    this.#socket.write(Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes]));
    const [code, length] = (await this.line()).split(' ').map(Number);
    return { code: code ?? -1, output: (await this.#bytes(length ?? 0)).toString() };
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#read.indexOf(10);
      if (end >= 0) return (await this.#bytes(end + 1)).toString().trimEnd();
      await this.#more();
    }
  }

  async #bytes(count: number): Promise<Buffer> {
    while (this.#read.length < count) await this.#more();
    const bytes = this.#read.subarray(0, count);
    this.#read = this.#read.subarray(count);
    return bytes;
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done) throw new Error('the machine has gone');
    this.#read = Buffer.concat([this.#read, value]);
  }
}
