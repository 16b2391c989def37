/** systemd-notify: tells PID 1 what a service made of shell commands has to tell. */
import { SysError } from '@bhatti/runtime/sys.ts';
import { parseOptions, UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { findProgram, runChild } from '../run-child.ts';
import { VERSION_TEXT } from '../systemd-version.ts';
import { NOTIFY_HELP } from './help-text.ts';

const SPECS = [
  { long: 'help', short: 'h' },
  { long: 'version' },
  { long: 'ready' },
  { long: 'reloading' },
  { long: 'stopping' },
  { long: 'pid', argument: 'optional' },
  { long: 'uid', argument: 'required' },
  { long: 'status', argument: 'required' },
  { long: 'booted' },
  { long: 'no-block' },
  { long: 'exec' },
] as const;
const BOOTED = '/run/systemd/system';
const EXIT_FAILURE = 1;

/** The message, or what is said instead. */
interface Wish {
  readonly message: readonly string[];
  /** Of --exec. */
  readonly command: readonly string[];
  readonly asked: ReadonlySet<string>;
}

function parse(program: Program): Wish {
  const asked = new Set<string>();
  const lines: string[] = [];
  const separator = program.argv.includes('--exec') ? program.argv.indexOf(';') : -1;
  const argv = separator < 0 ? program.argv : program.argv.slice(0, separator);
  const command = separator < 0 ? [] : program.argv.slice(separator + 1);
  const words = parseOptions(program.name, argv, SPECS, (option, value = '') => {
    asked.add(option);
    if (option === 'ready') lines.push('READY=1');
    if (option === 'reloading')
      lines.push('RELOADING=1', `MONOTONIC_USEC=${Math.round(program.sys.monotonicMs() * 1000)}`);
    if (option === 'stopping') lines.push('STOPPING=1');
    if (option === 'status') lines.push(`STATUS=${value}`);
    if (option === 'pid') lines.push(`MAINPID=${mainPid(program, value)}`);
  });
  return { message: [...lines, ...words], command, asked };
}

/** Without a number, the shell that called it. */
function mainPid({ sys }: Program, value: string): string {
  if (/^[1-9]\d*$/.test(value)) return value;
  if (value === 'self') return String(sys.getpid());
  if (value !== '' && value !== 'parent' && value !== 'auto') throw new UsageError(`Bad PID ${value}.`);
  return /\) \S (\d+)/.exec(sys.decode(sys.readFile('/proc/self/stat', 4096)))?.[1] ?? '0';
}

export function notify(program: Program): number {
  const { message, command, asked } = parse(program);
  if (asked.has('version')) program.out(VERSION_TEXT);
  if (asked.has('version')) return 0;
  if (asked.has('booted')) return isBooted(program) ? 0 : EXIT_FAILURE;
  if (asked.has('help') || message.length === 0) {
    program.out(NOTIFY_HELP);
    return asked.has('help') ? 0 : EXIT_FAILURE;
  }
  const socket = program.env.get('NOTIFY_SOCKET') ?? '';
  if (socket === '') {
    program.err('No status data could be sent: $NOTIFY_SOCKET was not set');
    return EXIT_FAILURE;
  }
  send(program, socket, message.join('\n'), !asked.has('no-block'));
  return command.length === 0 ? 0 : runRest(program, command);
}

function isBooted({ sys }: Program): boolean {
  try {
    return sys.stat(BOOTED).type === 'directory';
  } catch (error) {
    if (error instanceof SysError) return false;
    throw error;
  }
}

/** @throws UsageError when nobody listens */
function send({ sys }: Program, socket: string, message: string, wait: boolean): void {
  try {
    const fd = sys.connectUnix(socket.replace(/^@/, '\0'), 'datagram');
    sys.send(fd, sys.encode(message));
    if (wait) barrier(sys, fd);
    sys.close(fd);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    throw new UsageError(`Failed to notify init system: ${error.message}`);
  }
}

/** Waits until PID 1 has heard all before, which it says by closing a pipe: whoever ends sooner is nobody's process. */
function barrier(sys: Program['sys'], fd: number): void {
  const pipe = sys.pipe();
  sys.setNonBlocking(pipe.read, false);
  sys.send(fd, sys.encode('BARRIER=1'), { fds: [pipe.write] });
  sys.close(pipe.write);
  while (sys.read(pipe.read, new Uint8Array(1)) > 0);
  sys.close(pipe.read);
}

function runRest(program: Program, argv: readonly string[]): number {
  if (findProgram(program, argv[0] ?? '') === null)
    throw new UsageError(`Failed to execute command: ${argv.join(' ')}: No such file or directory`);
  return runChild(program, argv);
}
