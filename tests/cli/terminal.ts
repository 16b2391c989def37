/** A program on a terminal of its own: util-linux's script(1) makes it, the test types and reads. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../until.ts';
import { BHATTI, type Lab } from './lab.ts';

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

const CLEARED = '\x1b[3J';
const plain = (text: string): string =>
  text.replaceAll(/\p{Cc}\[[0-9;?]*[ -/]*[@-~]|\p{Cc}\][^\p{Cc}]*\p{Cc}|\r/gu, '');

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export class Terminal {
  readonly #child: ChildProcess;
  #output = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
  }

  static bhatti(lab: Lab, args: readonly string[], after = ''): Terminal {
    return Terminal.run([BHATTI, ...args], { cwd: lab.scratch, env: lab.env }, after);
  }

  /** Runs it on a terminal of 30 rows and 100 columns; what `after` says runs on the same terminal when it is over. */
  static run(words: readonly string[], { cwd, env }: Surroundings, after = ''): Terminal {
    const command = `stty rows 30 cols 100; ${words.map(quoted).join(' ')}; code=$?; ${after || ':'}; exit $code`;
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd,
      env: { ...env, TERM: 'xterm', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return new Terminal(child);
  }

  /** Everything written so far, without colours and the like. */
  get text(): string {
    return plain(this.#output);
  }

  /** What was written since the screen was cleared. */
  get screen(): string {
    return plain(this.#output.slice(Math.max(0, this.#output.lastIndexOf(CLEARED))));
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  async sees(pattern: RegExp): Promise<void> {
    await until(`the terminal shows ${pattern}`, () => pattern.test(this.text)).catch((error) => {
      throw new Error(`${error.message}; it shows ${JSON.stringify(this.text.slice(-2000))}`);
    });
  }

  /** @returns the exit code of bhatti */
  async ended(): Promise<number> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode ?? -1;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
