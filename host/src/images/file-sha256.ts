/** Digest of a file of any size, without holding it in memory. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** @returns 64 hexadecimal digits. @throws what reading throws */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
