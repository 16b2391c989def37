/** The host's own tar, for folders. What a guest packed is not trusted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { BhattiError } from '@bhatti/wire/errors.ts';

const COMPLAINTS_SIZE_MAX = 2048;

/** Resolves when it has ended well. @throws BhattiError with what it complained about */
function ended(child: ChildProcess, what: string): Promise<void> {
  let complaints = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    complaints = (complaints + bytes.toString('utf8')).slice(-COMPLAINTS_SIZE_MAX);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (why: string): void => {
    reject(
      new BhattiError('file.failed', `cannot ${what}: ${why}`, { remedy: 'check the folder and its permissions' }),
    );
  };
  child.once('error', (error) => fail(error.message));
  child.once('close', (code) => (code === 0 ? resolve() : fail(complaints.trim() || `tar ended with ${code}`)));
  promise.catch(() => {}); // whoever reads or writes the stream looks at it afterwards
  return promise;
}

/** The content of a folder as a tar stream. */
export async function* packFolder(folder: string): AsyncGenerator<Buffer> {
  const args = ['--create', '--file=-', `--directory=${folder}`, '--', '.'];
  const child = spawn('tar', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = ended(child, `pack ${folder}`);
  try {
    for await (const bytes of child.stdout) yield bytes;
    await end;
  } finally {
    child.kill();
  }
}

/**
 * tar itself keeps '..', absolute names and links from leading outside. Nothing in it becomes a device, a set-uid
 * program or somebody else's, not even for root.
 */
function unpackCommand(folder: string): [program: string, args: string[]] {
  const args = ['--extract', '--file=-', `--directory=${folder}`, '--no-same-owner', '--no-same-permissions'];
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return ['tar', args];
  return ['setpriv', ['--bounding-set=-mknod', '--', 'tar', ...args]]; // of util-linux, as essential as tar
}

/** Unpacks a tar stream into a folder that is there. @throws BhattiError file.failed */
export async function unpackFolder(folder: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const [program, args] = unpackCommand(folder);
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  const end = ended(child, `unpack into ${folder}`);
  const { stdin } = child;
  stdin.on('error', () => {}); // tar ended early, and says why
  try {
    for await (const bytes of content) {
      if (stdin.destroyed) break;
      if (!stdin.write(bytes)) await Promise.race([new Promise((resolve) => stdin.once('drain', resolve)), end]);
    }
    stdin.end();
    await end;
  } finally {
    child.kill();
  }
}
