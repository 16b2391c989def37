/**
 * The table that lets an error name the TypeScript file and line: for each line of the bundle its source and line.
 * Format (read by runtime/src/errors/line-map.ts): names of the sources, each ended by \n; an empty line; then for each
 * line of the bundle two signed varints (zigzag, 7 bits a byte, low first): how far source and line are from those of
 * the line before.
 */
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

interface SourceMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/** Numbers of one segment of a source map (base64 VLQ). */
function segment(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of text) {
    const digit = BASE64.indexOf(letter);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

function pushVarint(to: number[], value: number): void {
  let left = value < 0 ? -2 * value - 1 : 2 * value;
  for (; left > 127; left >>>= 7) to.push((left & 127) | 128);
  to.push(left);
}

/** @param rename what is shown for a source of the map */
export function lineMap(map: SourceMap, rename: (source: string) => string): Uint8Array {
  const bytes: number[] = [];
  let source = 0;
  let line = 0;
  let last = { source: 0, line: 0 };
  for (const generated of map.mappings.split(';')) {
    let first: { source: number; line: number } | undefined;
    for (const text of generated.split(',')) {
      const [, sourceStep, lineStep] = segment(text);
      if (sourceStep === undefined || lineStep === undefined) continue;
      source += sourceStep;
      line += lineStep;
      first ??= { source, line };
    }
    const here = first ?? last;
    pushVarint(bytes, here.source - last.source);
    pushVarint(bytes, here.line - last.line);
    last = here;
  }
  const names = map.sources.map((name) => `${rename(name)}\n`).join('');
  return Buffer.concat([Buffer.from(`${names}\n`), Buffer.from(bytes)]);
}
