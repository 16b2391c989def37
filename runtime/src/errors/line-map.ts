/** Turns lines of the bundle into lines of TypeScript. tools/lohar/line-map.ts writes the table and describes it. */

/** One frame of a stack: "    at f (program.js:119:10)". */
const FRAME = /program\.js:(\d+)(?::\d+)?/g;

interface Varint {
  readonly value: number;
  readonly next: number;
}

function varint(bytes: Uint8Array, from: number): Varint {
  let raw = 0;
  let at = from;
  for (let shift = 1; ; shift *= 128) {
    const byte = bytes[at++] ?? 0;
    raw += (byte & 127) * shift;
    if (byte < 128) break;
  }
  return { value: raw % 2 === 1 ? -(raw + 1) / 2 : raw / 2, next: at };
}

/** @returns 'runtime/src/sys.ts:12' for each asked line of the bundle that is known */
export function originalLines(table: Uint8Array, wanted: ReadonlySet<number>): Map<number, string> {
  const names: string[] = [];
  let at = 0;
  for (let end = table.indexOf(10); end > at; end = table.indexOf(10, at)) {
    names.push(String.fromCharCode(...table.subarray(at, end)));
    at = end + 1;
  }
  at++;
  const found = new Map<number, string>();
  let source = 0;
  let line = 0;
  for (let generated = 1; at < table.length && found.size < wanted.size; generated++) {
    const sourceStep = varint(table, at);
    const lineStep = varint(table, sourceStep.next);
    at = lineStep.next;
    source += sourceStep.value;
    line += lineStep.value;
    if (wanted.has(generated)) found.set(generated, `${names[source] ?? '?'}:${line + 1}`);
  }
  return found;
}

/** @param table read only when there is a frame to map */
export function mapStack(stack: string, table: () => Uint8Array): string {
  const wanted = new Set([...stack.matchAll(FRAME)].map(([, line]) => Number(line)));
  if (wanted.size === 0) return stack;
  const lines = originalLines(table(), wanted);
  return stack.replace(FRAME, (frame, line: string) => lines.get(Number(line)) ?? frame);
}
