/** Real systemd that is asked over a port of its own for as long as it runs. */
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { imagesDir } from '../image.ts';
import { askSystemd, type SystemdMachine } from './machine.ts';

export interface OpenSystemd {
  /** Runs a script of bash as root; output and errors are one text. */
  run(script: string): Promise<{ code: number; output: string }>;
  close(): Promise<void>;
}

/**
 * Boots it.
 * @param lay puts files into the folder that the machine has as /mnt
 */
export async function openSystemd(
  at: Omit<SystemdMachine, 'scratch' | 'onLine' | 'signal' | 'devices'>,
  lay: (folder: string) => Promise<void> = async () => {},
): Promise<OpenSystemd> {
  const scratch = await mkdtemp(join(imagesDir, 'systemd-'));
  const stopped = new AbortController();
  const server = createServer();
  const close = async (): Promise<void> => {
    stopped.abort();
    server.close();
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    const content = join(scratch, 'content');
    await mkdir(join(content, 'cases'), { recursive: true });
    await cp(join(import.meta.dirname, 'interactive'), join(content, 'guest'), { recursive: true });
    await lay(content);
    const path = join(scratch, 'port');
    server.listen(path);
    const connected = once(server, 'connection');
    const said: string[] = [];
    const ended = askSystemd(content, {
      ...at,
      ...{ scratch, signal: stopped.signal, onLine: (line) => void said.push(line) },
      devices: [
        ...['-device', 'virtio-serial-device', '-chardev', `socket,id=driver,path=${path}`],
        ...['-device', 'virtserialport,chardev=driver,name=driver'],
      ],
    });
    ended.catch(() => undefined); // it is ended by close
    const [socket] = (await Promise.race([
      connected,
      ended.then(() => Promise.reject(new Error(said.join('\n')))),
    ])) as [Socket];
    const port = new Port(socket);
    if ((await port.line()) !== 'ready') throw new Error('the machine says something else than that it is ready');
    return { run: (script) => port.run(script), close };
  } catch (error) {
    await close();
    throw error;
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
