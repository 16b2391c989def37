/** Our terminal in raw mode: every key goes to the guest. Whatever happens, it is given back as it was. */

export interface RawTerminal {
  readonly size: () => { rows: number; cols: number };
  onResize(listener: () => void): void;
  restore(): void;
}

export function rawTerminal(): RawTerminal {
  const { stdin, stdout } = process;
  const raw = stdin.isTTY === true;
  const restore = (): void => {
    if (raw) stdin.setRawMode(false);
  };
  if (raw) {
    stdin.setRawMode(true);
    process.on('exit', restore);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => process.exit(signal === 'SIGHUP' ? 129 : 143));
  }
  return {
    size: () => ({ rows: stdout.rows || 24, cols: stdout.columns || 80 }),
    onResize: (listener) => void stdout.on('resize', listener),
    restore,
  };
}
