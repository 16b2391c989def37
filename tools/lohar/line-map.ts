/**
 * The table that lets an error name the TypeScript file and line: for each line of each script its source and line.
 * Format (read by runtime/src/errors/line-map.ts): names of the sources, each ended by \n; an empty line; then for each
 * script its name, \n, the size of what follows as four bytes, low first, and for each of its lines two signed varints
 * (zigzag, 7 bits a byte, low first): how far source and line are from those of the line before.
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

export interface ScriptMap {
  /** 'program.js' */
  readonly script: string;
  readonly map: SourceMap;
}

/** @param rename what is shown for a source of a map */
export function lineMap(scripts: readonly ScriptMap[], rename: (source: string) => string): Uint8Array {
  const sources = [...new Set(scripts.flatMap(({ map }) => map.sources))];
  const names = sources.map((name) => `${rename(name)}\n`).join('');
  const parts = scripts.map(({ script, map }) => {
    const lines = encodeLines(
      map.mappings,
      map.sources.map((name) => sources.indexOf(name)),
    );
    const size = Buffer.alloc(4);
    size.writeUInt32LE(lines.length);
    return Buffer.concat([Buffer.from(`${script}\n`), size, lines]);
  });
  return Buffer.concat([Buffer.from(`${names}\n`), ...parts]);
}

/** @param common number in the common list for each source of this map */
function encodeLines(mappings: string, common: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let source = 0;
  let line = 0;
  let last = { source: 0, line: 0 };
  for (const generated of mappings.split(';')) {
    let first: { source: number; line: number } | undefined;
    for (const text of generated.split(',')) {
      const [, sourceStep, lineStep] = segment(text);
      if (sourceStep === undefined || lineStep === undefined) continue;
      source += sourceStep;
      line += lineStep;
      first ??= { source: common[source] ?? 0, line };
    }
    const here = first ?? last;
    pushVarint(bytes, here.source - last.source);
    pushVarint(bytes, here.line - last.line);
    last = here;
  }
  return Uint8Array.from(bytes);
}
