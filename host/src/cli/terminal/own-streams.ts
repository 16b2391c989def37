/** This process's own standard streams. */
import { fstatSync } from 'node:fs';
import type { Outputs } from '../client/joined.ts';

/** Device number of /dev/null: 1:3, devices.txt of the kernel. */
const NULL_DEVICE = (1 << 8) | 3;

/** Who closed the other end wants no more: we end as SIGPIPE would have us. */
const BROKEN_PIPE_EXIT = 128 + 13;

/** False when nothing can come from standard input: it is closed, or /dev/null. */
export function hasInput(): boolean {
  try {
    const stat = fstatSync(0);
    return !(stat.isCharacterDevice() && stat.rdev === NULL_DEVICE);
  } catch {
    return false;
  }
}

function writer(stream: NodeJS.WriteStream): (bytes: Uint8Array) => Promise<void> {
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? BROKEN_PIPE_EXIT : 125));
  return async (bytes) => {
    if (stream.write(bytes)) return;
    await new Promise<void>((resolve) => stream.once('drain', () => resolve()));
  };
}

export function ownOutputs(): Outputs {
  return { stdout: writer(process.stdout), stderr: writer(process.stderr) };
}
