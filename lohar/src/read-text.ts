import { type Sys, SysError } from '@bhatti/runtime/sys.ts';

/** What a small file holds, '' when it cannot be read. @param sizeMax bytes; a larger file cannot be read */
export function readText(sys: Pick<Sys, 'readFile' | 'decode'>, path: string, sizeMax: number): string {
  try {
    return sys.decode(sys.readFile(path, sizeMax));
  } catch (error) {
    if (error instanceof SysError) return '';
    throw error;
  }
}
