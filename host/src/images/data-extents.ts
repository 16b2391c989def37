/** Where a sparse file has data: what lies between is zeros that take no room. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** In bytes. */
export interface Extent {
  readonly start: number;
  readonly length: number;
}

/** In order; Node has no SEEK_DATA, qemu-img has. */
export async function dataExtents(path: string): Promise<readonly Extent[]> {
  const { stdout } = await promisify(execFile)('qemu-img', ['map', '--output=json', '-f', 'raw', path], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return (JSON.parse(stdout) as (Extent & { data: boolean })[])
    .filter(({ data }) => data)
    .map(({ start, length }) => ({ start, length }));
}
