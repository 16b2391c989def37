/** An error as text: name, message, stack and causes. Works for anything that can be thrown, null included. */
const CAUSES_MAX = 8;

/** @param mapStack turns frames of the bundle into TypeScript files and lines */
export function describeError(error: unknown, mapStack: (stack: string) => string): string {
  const lines: string[] = [];
  let current = error;
  for (let depth = 0; depth < CAUSES_MAX; depth++) {
    lines.push(`${depth > 0 ? 'caused by ' : ''}${one(current, mapStack)}`);
    if (!(current instanceof Error) || current.cause === undefined) break;
    current = current.cause;
  }
  return lines.join('\n');
}

function one(error: unknown, mapStack: (stack: string) => string): string {
  // Out of memory the engine throws null.
  if (error === null) return 'null was thrown (out of memory)';
  if (!(error instanceof Error)) return `thrown: ${text(error)}`;
  const head = `${error.name}: ${error.message}`;
  const stack = typeof error.stack === 'string' ? error.stack.trimEnd() : '';
  return stack === '' ? head : `${head}\n${mapStack(stack)}`;
}

function text(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'an object without a text';
  }
}
