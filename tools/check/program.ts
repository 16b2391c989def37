/** Runs one program of a phase: its output goes to the phase's log, its last line to the progress line. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Run } from './phase.ts';

const TAIL_LINES = 60;
/** A program that ignores SIGTERM is killed after this time. */
const GRACE_MS = 10_000;

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly note?: (text: string) => void;
}

/** A progress line of a program that shows its own: what it does, without its label and time. */
const withoutFrame = (line: string): string =>
  line.replace(/^… (?:[^:]*: )?/, '').replace(/ \([\d.]+ (?:s|min \d+ s)\)$/, '');

/**
 * @param log name of the log, the phase's
 * @returns standard output and error in one text
 * @throws Error with the end of the output and the log's path
 */
export function program(
  run: Run,
  log: string,
  words: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const path = join(run.logs, `${log.replaceAll(/[:/]/g, '-')}.log`);
  const file = createWriteStream(path, { flags: 'a' });
  const [command = '', ...args] = words;
  return new Promise((resolve, reject) => {
    // A group of its own, so that the deadline ends what the program started as well.
    const child = spawn(command, args, {
      cwd: run.root,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const kill = (signal: NodeJS.Signals) => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, signal);
    };
    const stop = () => {
      kill('SIGTERM');
      setTimeout(() => kill('SIGKILL'), GRACE_MS).unref();
    };
    run.signal.addEventListener('abort', stop, { once: true });
    if (run.signal.aborted) stop();
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        output += text;
        file.write(text);
        const last = text
          .trimEnd()
          .split(/[\n\r]/)
          .at(-1);
        if (last) options.note?.(withoutFrame(last));
      });
    }
    child.on('error', (error) => reject(new Error(`cannot start ${command}: ${error.message}`)));
    child.on('close', (code, signal) => {
      run.signal.removeEventListener('abort', stop);
      file.end();
      if (code === 0) return resolve(output);
      const why = run.signal.aborted
        ? 'was stopped: its time was over, or it was interrupted'
        : `ended with ${signal ?? `exit code ${code}`}`;
      const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
      reject(new Error(`${words.join(' ')} ${why}:\n${tail}\n(all of it: ${path})`));
    });
  });
}
