/** A client's surroundings: what it was called with, where its output goes, and what it may ask of the kernel. */
import { AGAIN, type Loop, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { UsageError } from './options.ts';
import { COLOURS, type Palette, PLAIN } from './text/colour.ts';
import { type Glyphs, glyphsFor } from './text/glyphs.ts';
import { localZone, type Zone } from './text/zone.ts';

/** All that clients ask of the kernel. */
export type ProgramSys = Pick<
  Sys,
  | 'open'
  | 'close'
  | 'read'
  | 'write'
  | 'pread'
  | 'readFile'
  | 'writeFileAtomic'
  | 'stat'
  | 'lstat'
  | 'fstat'
  | 'readdir'
  | 'readlink'
  | 'realpath'
  | 'symlink'
  | 'rename'
  | 'unlink'
  | 'rmdir'
  | 'mkdir'
  | 'inotify'
  | 'inotifyAdd'
  | 'windowSize'
  | 'setNonBlocking'
  | 'connectUnix'
  | 'send'
  | 'pipe'
  | 'spawn'
  | 'reap'
  | 'getpid'
  | 'identity'
  | 'exit'
  | 'monotonicMs'
  | 'realtimeMs'
  | 'random'
  | 'hostname'
  | 'encode'
  | 'decode'
  | 'attempt'
  | 'addressOf'
>;

export interface ProgramStart {
  readonly sys: ProgramSys;
  readonly loop: Pick<Loop, 'watch' | 'after' | 'onExit'>;
  readonly args: readonly string[];
  /** `NAME=value` */
  readonly environment: readonly string[];
}

const STDOUT = 1;
const STDERR = 2;
/** Text gathered before it is written. */
const OUT_MAX = 32 * 1024;
/** systemd's own width when the output is no terminal (terminal-util.c). */
const COLUMNS = 80;
const ZONE_FILE_MAX = 64 * 1024;
/** A process that died of SIGPIPE, as a shell counts it. */
const EXIT_PIPE = 141;

export class Program {
  readonly sys: ProgramSys;
  readonly loop: ProgramStart['loop'];
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  #out = '';
  #zone: Zone | undefined;
  #palette: Palette | undefined;

  constructor(start: ProgramStart) {
    this.sys = start.sys;
    this.loop = start.loop;
    this.name = start.args[0]?.split('/').at(-1) ?? '';
    this.argv = start.args.slice(1);
    this.env = new Map(
      start.environment.map((entry) => {
        const equals = entry.indexOf('=');
        return [entry.slice(0, equals), entry.slice(equals + 1)] as const;
      }),
    );
  }

  /** Text for stdout; raw bytes stand in it as lone surrogates. */
  out(text: string): void {
    this.#out += text;
    if (this.#out.length >= OUT_MAX) this.flush();
  }

  /**
   * A line for stderr, at once. What stdout was given before follows later, as from any program of C's library, unless
   * a person looks at both.
   */
  err(line: string): void {
    if (this.isTerminal(STDOUT)) this.flush();
    this.#write(STDERR, `${line}\n`);
  }

  flush(): void {
    const text = this.#out;
    this.#out = '';
    if (text !== '') this.#write(STDOUT, text);
  }

  exit(code: number): never {
    this.flush();
    return this.sys.exit(code);
  }

  isTerminal(fd: number): boolean {
    return this.sys.windowSize(fd) !== null;
  }

  get columns(): number {
    const asked = Number(this.env.get('COLUMNS') ?? '');
    if (Number.isSafeInteger(asked) && asked > 0) return asked;
    return this.sys.windowSize(STDOUT)?.cols || COLUMNS;
  }

  /** Colours only on a terminal, and only if nobody said NO_COLOR or SYSTEMD_COLORS=0. */
  get colours(): Palette {
    this.#palette ??= this.#wantsColours() ? COLOURS : PLAIN;
    return this.#palette;
  }

  get glyphs(): Glyphs {
    return glyphsFor(this.env);
  }

  get zone(): Zone {
    this.#zone ??= localZone(this.#zoneFile());
    return this.#zone;
  }

  nowUsec(): number {
    return Math.round(this.sys.realtimeMs() * 1000);
  }

  #wantsColours(): boolean {
    const asked = this.env.get('SYSTEMD_COLORS');
    if (asked !== undefined) return !/^(?:0|no|n|false|f|off)$/i.test(asked);
    if (this.env.get('TERM') === 'dumb' || (this.env.get('NO_COLOR') ?? '') !== '') return false;
    return this.isTerminal(STDOUT);
  }

  #zoneFile(): Uint8Array | null {
    const named = this.env.get('TZ')?.replace(/^:/, '');
    const path = named === undefined || named === '' ? '/etc/localtime' : `/usr/share/zoneinfo/${named}`;
    try {
      return this.sys.readFile(path, ZONE_FILE_MAX);
    } catch {
      return null;
    }
  }

  #write(fd: number, text: string): void {
    let bytes: Uint8Array = this.sys.encode(text);
    try {
      while (bytes.length > 0) {
        const done = this.sys.write(fd, bytes);
        // Someone else made the descriptor non-blocking; it is ours now as much as theirs.
        if (done === AGAIN) this.sys.setNonBlocking(fd, false);
        else bytes = bytes.subarray(done);
      }
    } catch (error) {
      if (error instanceof SysError && error.code === 'EPIPE') this.sys.exit(EXIT_PIPE);
      throw error;
    }
  }
}

/** What a program's main function gives back: its exit code, or null when it goes on in the loop and exits itself. */
export type Main = (program: Program) => number | null | Promise<number | null>;

/** Runs a client to its end. A usage error is printed as it is; any other error is a failure of ours, and said as such. */
export async function runProgram(start: ProgramStart, main: Main): Promise<void> {
  const program = new Program(start);
  let code: number | null;
  try {
    code = await main(program);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    program.err(error instanceof UsageError ? message : `${program.name}: ${message}`);
    code = 1;
  }
  if (code !== null) program.exit(code);
}
