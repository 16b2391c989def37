import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** sun_path of Linux's sockaddr_un, less the final NUL. */
const SOCKET_PATH_MAX = 107;

/**
 * Calls `use` with a path of the socket `name` in `folder` that fits into a socket address: where the real one is too
 * long, it goes through a descriptor of the folder. The path is good until `use` is done.
 */
export async function withSocketPath<T>(folder: string, name: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= SOCKET_PATH_MAX) return use(path);
  const handle = await open(folder, 'r');
  try {
    return await use(`/proc/self/fd/${handle.fd}/${name}`);
  } finally {
    await handle.close();
  }
}
