/** Questions to whoever sits at the terminal. */

/** True when somebody is there to be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** @returns the line that was typed, without blanks around it; null when the terminal ends or Ctrl+C is typed */
export async function ask(question: string): Promise<string | null> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  terminal.once('close', () => closed.abort());
  try {
    return (await terminal.question(question, { signal: closed.signal }).catch(() => null))?.trim() ?? null;
  } finally {
    terminal.close();
  }
}
