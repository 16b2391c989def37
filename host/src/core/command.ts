/** What may be run: argument vectors, terminals, signals. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { shown } from './name.ts';

export const ARGV_COUNT_MAX = 4096;
/** The request is one JSON document of the wire: 256 KiB, and its escapes. */
export const ARGV_SIZE_MAX = 120 * 1024;
export const TERMINAL_SIDE_MAX = 4096;
export const SESSION_LENGTH_MAX = 64;

export interface Terminal {
  readonly rows: number;
  readonly cols: number;
  /** TERM, as in terminfo(5). */
  readonly term: string;
}

function invalid(what: string, why: string, remedy: string): BhattiError {
  return new BhattiError('request.invalid', `cannot ${what}: ${why}`, { remedy });
}

/** @throws BhattiError request.invalid */
export function checkCommand(argv: readonly string[]): readonly string[] {
  const refuse = (why: string): BhattiError =>
    invalid('run the command', why, 'give a program and its arguments: bhatti exec dev -- uname -a');
  if (argv.length === 0 || argv[0] === '') throw refuse('it is empty');
  if (argv.length > ARGV_COUNT_MAX) throw refuse(`it has ${argv.length} arguments, ${ARGV_COUNT_MAX} are allowed`);
  if (argv.some((argument) => argument.includes('\0'))) throw refuse('an argument holds a NUL byte');
  const size = argv.reduce((sum, argument) => sum + Buffer.byteLength(argument) + 1, 0);
  if (size > ARGV_SIZE_MAX) throw refuse(`it has ${size} bytes, ${ARGV_SIZE_MAX} are allowed`);
  return argv;
}

/** @throws BhattiError request.invalid */
export function checkTerminal(terminal: Terminal): Terminal {
  for (const side of [terminal.rows, terminal.cols]) {
    if (!Number.isInteger(side) || side < 1 || side > TERMINAL_SIDE_MAX) {
      throw invalid('make a terminal', `${side} is no number of rows or columns`, `choose 1 to ${TERMINAL_SIDE_MAX}`);
    }
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9+._-]{0,63}$/.test(terminal.term)) {
    throw invalid('make a terminal', `${shown(terminal.term)} is no type of terminal`, 'use TERM=xterm-256color');
  }
  return terminal;
}

/** @throws BhattiError request.invalid */
export function sessionName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && name.length <= SESSION_LENGTH_MAX) return name;
  throw invalid('name a session', `${shown(name)} is no name of one`, 'use letters, digits, dots and dashes');
}

/** Signals of signal(7) that one process may want to send another. */
export const SIGNALS: readonly string[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGTERM',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGWINCH',
];

/** Takes TERM, SIGTERM and sigterm. @throws BhattiError request.invalid */
export function signalName(name: string): string {
  const upper = name.toUpperCase();
  const full = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  if (SIGNALS.includes(full)) return full;
  throw invalid('send a signal', `${shown(name)} is none of ${SIGNALS.join(', ')}`, 'use SIGTERM or SIGKILL');
}
