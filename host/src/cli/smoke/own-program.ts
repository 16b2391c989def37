/** Runs this same program once more, as a user would type it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Bytes of output that are kept: a screenshot, a long journal. */
const OUTPUT_SIZE_MAX = 64 * 1024 * 1024;

export interface Ran {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export class OwnProgram {
  readonly #argv: readonly string[];
  readonly #options: readonly string[];

  /**
   * @param argv program and arguments that come before a verb
   * @param options which daemon; they go behind the verb
   */
  constructor(argv: readonly string[], options: readonly string[]) {
    this.#argv = argv;
    this.#options = options;
  }

  begin(verb: string, ...args: readonly string[]): ChildProcess {
    const [program = '', ...before] = this.#argv;
    return spawn(program, [...before, verb, ...this.#options, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async run(verb: string, ...args: readonly string[]): Promise<Ran> {
    const child = this.begin(verb, ...args);
    const stdout: Buffer[] = [];
    let stderr = '';
    let size = 0;
    child.stdout?.on('data', (bytes: Buffer) => {
      size += bytes.length;
      if (size > OUTPUT_SIZE_MAX) child.kill('SIGKILL');
      else stdout.push(bytes);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-OUTPUT_SIZE_MAX);
    });
    const [code] = await once(child, 'close');
    return { code: code ?? -1, stdout: Buffer.concat(stdout), stderr };
  }
}
