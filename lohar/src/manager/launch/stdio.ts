/** Where the three standard descriptors of a command lead. Facts: systemd.exec(5), "Logging and Standard Input/Output". */

import {
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_NOCTTY,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
} from '@bhatti/runtime/linux/constants.ts';
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { JournalSink, StreamOrigin } from '../../journal/sink.ts';
import type { Stdio } from '../../unit/directive/exec-readers.ts';
import type { Settings } from '../../unit/directive/tables.ts';
import type { Priority } from '../../unit/model.ts';
import { StepFailed } from './step-failed.ts';

type StdioSys = Pick<
  Sys,
  'open' | 'close' | 'fstat' | 'memfd' | 'write' | 'encode' | 'dup' | 'setNonBlocking' | 'attempt'
>;

const EXIT_STDIN = 208;
const EXIT_STDOUT = 209;
const EXIT_STDERR = 222;
const NEW_FILE_MODE = 0o644;
const SEEK_SET = 0;
const DEBUG: Priority = 7;

export interface StandardFds {
  /** The child's 0, 1 and 2. */
  readonly fds: readonly Fd[];
  /** `8:INODE` of what leads to the journal, '' when nothing does. */
  readonly journalStream: string;
  /** A terminal on stdin becomes the controlling one. */
  readonly terminal: boolean;
  /** To be called when the child has its copies. */
  close(): void;
}

export interface StreamContext {
  readonly unitId: string;
  readonly invocationId: string;
  readonly slice: string;
  readonly cgroup: string;
  /** Path of the program, for the identifier. */
  readonly program: string;
  /** Does the command get StandardInput=? Control commands but the first ones have /dev/null. */
  readonly useInput: boolean;
  /** Descriptors that sockets passed, by name (StandardInput=socket, fd:NAME). */
  readonly passed: ReadonlyMap<string, Fd>;
}

/** @throws StepFailed 208, 209, 222 */
export function openStdio(
  sys: StdioSys,
  journal: JournalSink,
  settings: Settings,
  context: StreamContext,
): StandardFds {
  const opener = new Opener(sys, journal, settings, context);
  try {
    return opener.open();
  } catch (error) {
    opener.close();
    throw error;
  }
}

class Opener {
  readonly #sys: StdioSys;
  readonly #journal: JournalSink;
  readonly #settings: Settings;
  readonly #context: StreamContext;
  readonly #opened: Fd[] = [];
  #stream: Fd = -1;

  constructor(sys: StdioSys, journal: JournalSink, settings: Settings, context: StreamContext) {
    this.#sys = sys;
    this.#journal = journal;
    this.#settings = settings;
    this.#context = context;
  }

  open(): StandardFds {
    const { StandardInput, StandardOutput, StandardError } = this.#settings;
    const input = this.#context.useInput ? StandardInput : { kind: 'null', target: '' };
    const stdin = this.#try(EXIT_STDIN, 'standard input', () => this.#input(input));
    const bidirectional = /^(tty|tty-force|tty-fail|socket|fd)$/.test(input.kind);
    const fallback = bidirectional ? stdin : -1;
    const stdout = this.#try(EXIT_STDOUT, 'standard output', () => this.#output(StandardOutput, fallback, 'stdout'));
    const stderr = this.#try(EXIT_STDERR, 'standard error output', () => this.#output(StandardError, stdout, 'stderr'));
    return {
      fds: [stdin, stdout, stderr],
      journalStream: this.#journalStream(),
      terminal: input.kind.startsWith('tty'),
      close: () => this.close(),
    };
  }

  close(): void {
    for (const fd of this.#opened.splice(0)) this.#sys.close(fd);
  }

  #try(exit: number, what: string, open: () => Fd): Fd {
    try {
      return open();
    } catch (error) {
      throw StepFailed.from(exit, `Failed to set up ${what}`, error);
    }
  }

  #keep(fd: Fd): Fd {
    this.#opened.push(fd);
    return fd;
  }

  /** Opened without waiting (a pipe may have nobody at its other end), then made an ordinary descriptor. */
  #file(path: string, flags: number): Fd {
    const fd = this.#keep(this.#sys.open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, NEW_FILE_MODE));
    this.#sys.setNonBlocking(fd, false);
    return fd;
  }

  #input(input: Stdio): Fd {
    switch (input.kind) {
      case 'tty':
      case 'tty-force':
      case 'tty-fail':
        return this.#file(this.#settings.TTYPath || '/dev/console', O_RDWR);
      case 'file':
        return this.#file(input.target, O_RDONLY);
      case 'data':
        return this.#data();
      case 'socket':
      case 'fd':
        return this.#passed(input.target);
      default:
        return this.#file('/dev/null', O_RDONLY);
    }
  }

  #passed(name: string): Fd {
    const fd = this.#context.passed.get(name) ?? (name === '' ? this.#context.passed.values().next().value : undefined);
    if (fd === undefined) throw new SysError('find the descriptor', 2, 'ENOENT');
    return fd;
  }

  #data(): Fd {
    const fd = this.#keep(this.#sys.memfd('exec-input'));
    const { StandardInputText, StandardInputData } = this.#settings;
    const parts = [this.#sys.encode(StandardInputText), decodeBase64(StandardInputData)];
    for (const bytes of parts) for (let at = 0; at < bytes.length; ) at += this.#sys.write(fd, bytes.subarray(at));
    this.#sys.attempt('lseek', fd, 0, SEEK_SET);
    return fd;
  }

  /** `before` is what `inherit` means. */
  #output(output: Stdio, before: Fd, which: 'stdout' | 'stderr'): Fd {
    const same = which === 'stderr' && this.#sameFile(output);
    if (same || (output.kind === 'inherit' && before >= 0)) return before;
    switch (output.kind) {
      case 'inherit':
      case 'journal':
      case 'journal+console':
      case 'kmsg':
      case 'kmsg+console':
        return this.#toJournal();
      case 'tty':
        return this.#file(this.#settings.TTYPath || '/dev/console', O_WRONLY);
      case 'file':
        return this.#file(output.target, O_RDWR | O_CREAT);
      case 'append':
        return this.#file(output.target, O_WRONLY | O_CREAT | O_APPEND);
      case 'truncate':
        return this.#file(output.target, O_WRONLY | O_CREAT | O_TRUNC);
      case 'socket':
      case 'fd':
        return this.#passed(output.target);
      default:
        return this.#file('/dev/null', O_WRONLY);
    }
  }

  /** Two streams into one file share one descriptor, or they would write over each other. */
  #sameFile(output: Stdio): boolean {
    const { StandardOutput } = this.#settings;
    return (
      /^(file|append|truncate)$/.test(output.kind) &&
      output.kind === StandardOutput.kind &&
      output.target === StandardOutput.target
    );
  }

  #toJournal(): Fd {
    if (this.#stream < 0) this.#stream = this.#keep(this.#journal.open(this.#origin()));
    return this.#stream;
  }

  #origin(): StreamOrigin {
    const settings = this.#settings;
    const { unitId, invocationId, slice, cgroup, program } = this.#context;
    const interval = settings.LogRateLimitIntervalSec;
    return {
      unit: unitId,
      identifier: settings.SyslogIdentifier || program.slice(program.lastIndexOf('/') + 1),
      priority: settings.SyslogLevel as Priority,
      facility: settings.SyslogFacility,
      levelPrefix: settings.SyslogLevelPrefix,
      levelMax: settings.LogLevelMax < 0 ? DEBUG : (settings.LogLevelMax as Priority),
      invocationId,
      slice,
      cgroup,
      ...(interval > 0 || settings.LogRateLimitBurst > 0
        ? { rateLimit: { intervalMs: interval / 1000, burst: settings.LogRateLimitBurst } }
        : {}),
    };
  }

  #journalStream(): string {
    return this.#stream < 0 ? '' : deviceAndInode(this.#sys.fstat(this.#stream).id);
  }
}

/** `MAJOR:MINOR:INODE` as the one number of the device and the inode: what JOURNAL_STREAM= holds (systemd.exec(5)). */
function deviceAndInode(id: string): string {
  const [major = 0, minor = 0, inode = 0] = id.split(':').map(Number);
  return `${(minor & 0xff) + (major & 0xfff) * 0x100 + (minor & ~0xff) * 0x1000}:${inode}`;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
function decodeBase64(text: string): Uint8Array {
  const out: number[] = [];
  let bits = 0;
  let count = 0;
  for (const character of text) {
    const value = BASE64.indexOf(character);
    if (value < 0) continue;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push((bits >> count) & 0xff);
    }
  }
  return Uint8Array.from(out);
}
