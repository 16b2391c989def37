import type { Readable } from 'node:stream';

/** Lines that are complete, as they come; who else reads the output sets its encoding. */
export function linesOf(output: Readable | null): readonly string[] {
  const lines: string[] = [];
  let rest = '';
  output?.on('data', (piece: Buffer | string) => {
    const parts = (rest + String(piece)).split(/\r?\n/);
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  return lines;
}
