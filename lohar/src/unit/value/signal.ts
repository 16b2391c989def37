/** Signals by name and number (Linux, x86-64 and arm64). Facts: signal(7). */

const NAMES: readonly string[] = [
  'HUP',
  'INT',
  'QUIT',
  'ILL',
  'TRAP',
  'ABRT',
  'BUS',
  'FPE',
  'KILL',
  'USR1',
  'SEGV',
  'USR2',
  'PIPE',
  'ALRM',
  'TERM',
  'STKFLT',
  'CHLD',
  'CONT',
  'STOP',
  'TSTP',
  'TTIN',
  'TTOU',
  'URG',
  'XCPU',
  'XFSZ',
  'VTALRM',
  'PROF',
  'WINCH',
  'IO',
  'PWR',
  'SYS',
];
const RTMIN = 34;
const RTMAX = 64;

export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGABRT = 6;
export const SIGKILL = 9;
export const SIGUSR1 = 10;
export const SIGUSR2 = 12;
export const SIGPIPE = 13;
export const SIGTERM = 15;
export const SIGCONT = 18;

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...NAMES.map((name, index) => [name, index + 1] as const),
  ['POLL', 29],
  ['IOT', 6],
  ['CLD', 17],
]);

/** `TERM`, `SIGTERM`, `15`, `RTMIN+3`; null when it is none. */
export function parseSignal(text: string): number | null {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= RTMAX ? number : null;
  }
  const name = text.replace(/^SIG/, '');
  const known = NUMBERS.get(name);
  if (known !== undefined) return known;
  const realtime = /^RT(MIN|MAX)(?:([+-]\d+))?$/.exec(name);
  if (realtime === null) return null;
  const number = (realtime[1] === 'MIN' ? RTMIN : RTMAX) + Number(realtime[2] ?? 0);
  return number >= RTMIN && number <= RTMAX ? number : null;
}

/** `TERM`; `RTMIN+3`; the number in digits when there is no such signal. */
export function signalName(signal: number): string {
  const name = NAMES[signal - 1];
  if (name !== undefined) return name;
  if (signal === RTMIN) return 'RTMIN';
  return signal > RTMIN && signal <= RTMAX ? `RTMIN+${signal - RTMIN}` : String(signal);
}
