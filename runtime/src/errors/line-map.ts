/** Turns lines of the scripts into lines of TypeScript. tools/lohar/line-map.ts writes the table and describes it. */

/** The place in one frame of a stack: "    at f (program.js:119:10)". */
const PLACE = /\b([\w-]+\.js):(\d+)(?::\d+)?/g;
const NEWLINE = 10;

class Reader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.at >= this.#bytes.length;
  }

  /** Names are ASCII. */
  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.at);
    const text = String.fromCharCode(...this.#bytes.subarray(this.at, end < 0 ? this.#bytes.length : end));
    this.at += text.length + 1;
    return text;
  }

  size(): number {
    let size = 0;
    for (let i = 3; i >= 0; i--) size = size * 256 + (this.#bytes[this.at + i] ?? 0);
    this.at += 4;
    return size;
  }

  varint(): number {
    let raw = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.#bytes[this.at++] ?? 0;
      raw += (byte & 127) * unit;
      if (byte < 128) return raw % 2 === 1 ? -(raw + 1) / 2 : raw / 2;
    }
  }
}

/** Lines of one script that are asked for, by their number. */
function scriptLines(
  table: Reader,
  end: number,
  sources: readonly string[],
  wanted: ReadonlySet<number>,
): Map<number, string> {
  const found = new Map<number, string>();
  let source = 0;
  let line = 0;
  for (let number = 1; table.at < end && found.size < wanted.size; number++) {
    source += table.varint();
    line += table.varint();
    if (wanted.has(number)) found.set(number, `${sources[source] ?? '?'}:${line + 1}`);
  }
  return found;
}

/** @returns for each script of `wanted`: 'runtime/src/sys.ts:12' for each of its lines */
function originalLines(
  bytes: Uint8Array,
  wanted: ReadonlyMap<string, ReadonlySet<number>>,
): Map<string, Map<number, string>> {
  const table = new Reader(bytes);
  const sources: string[] = [];
  for (let name = table.line(); name !== ''; name = table.line()) sources.push(name);
  const found = new Map<string, Map<number, string>>();
  while (!table.ended) {
    const script = table.line();
    const end = table.size() + table.at;
    const lines = wanted.get(script);
    if (lines !== undefined) found.set(script, scriptLines(table, end, sources, lines));
    table.at = end;
  }
  return found;
}

/** @param table read only when there is a frame to map */
export function mapStack(stack: string, table: () => Uint8Array): string {
  const wanted = new Map<string, Set<number>>();
  for (const [, script = '', line] of stack.matchAll(PLACE))
    wanted.set(script, (wanted.get(script) ?? new Set()).add(Number(line)));
  if (wanted.size === 0) return stack;
  const found = originalLines(table(), wanted);
  return stack.replace(PLACE, (place, script: string, line: string) => found.get(script)?.get(Number(line)) ?? place);
}
